import { IDEMPOTENCY_WINDOW_MS, RESUMABLE_COMMITS } from "../../protocol/limits.ts";
import type { Stores } from "../stores.ts";
import { RedisAnnouncements } from "./announcements.ts";
import { RedisArchives } from "./archives.ts";
import { ListedStories } from "./catalogue.ts";
import { Commands } from "./commands.ts";
import { Erasures } from "./erasures.ts";
import { KeySpace } from "./key-space.ts";
import { RedisKeys } from "./keys.ts";
import { reachRedis } from "./reach.ts";
import { RedisRecords } from "./records.ts";
import { parseRedisUrl } from "./redis-url.ts";
import { openSubscriberPool } from "./subscriber-pool.ts";
import { RedisTallies } from "./tallies.ts";
import { RedisTimelines } from "./timelines.ts";

export type RedisStoreOptions = {
  /** See {@link parseRedisUrl}. */
  url: string;
  /**
   * Before every key, so that several services may share a Redis. Without braces.
   * @default "dateline:"
   */
  prefix?: string | undefined;
  /**
   * How many replicas have to confirm a commit before it is acknowledged.
   * @default 0
   */
  minReplicas?: number | undefined;
  /**
   * Of each story, how many of the last commits a position may name and be resumed from.
   * @default 1000
   */
  keepCommits?: number | undefined;
  /**
   * How long an answer is remembered under its idempotency key.
   * @default 86400000, a day
   */
  idempotencyWindowMs?: number | undefined;
  /** Told at the start of what an operator should know of this Redis. */
  onWarning?: ((warning: string) => void) | undefined;
};

/**
 * All ports over one Redis: a server, a master that sentinels watch, or a cluster. How durable an acknowledged write
 * is, is a setting of Redis (`appendfsync always`) and of `minReplicas`.
 *
 * @throws {CannotUseRedis}
 */
export async function openRedisStores({
  url,
  prefix = "dateline:",
  minReplicas = 0,
  keepCommits = RESUMABLE_COMMITS + 1,
  idempotencyWindowMs = IDEMPOTENCY_WINDOW_MS,
  onWarning = () => {},
}: RedisStoreOptions): Promise<Stores> {
  const wanted = parseRedisUrl(url);
  const keySpace = new KeySpace(prefix, wanted.options.db);
  const { address, client, clockAheadMs } = await reachRedis(wanted, keySpace, onWarning);
  const commands = new Commands(client, minReplicas);
  const listed = new ListedStories(commands, keySpace);
  const erasures = new Erasures(commands, keySpace);
  const announcements = new RedisAnnouncements(commands, keySpace, openSubscriberPool(address, client));
  const limits = { keepCommits, idempotencyWindowMs };
  const timelines = new RedisTimelines({ commands, keySpace, limits, listed, erasures, announcements, clockAheadMs });

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      announcements.close();
      await commands.finish();
      await Promise.all([listed.close(), erasures.close()]);
      commands.close();
    })();
    return closing;
  };
  return {
    timelines: Object.assign(timelines, { close }),
    records: new RedisRecords(commands, keySpace, erasures),
    announcements,
    catalogue: listed,
    keys: new RedisKeys(commands, keySpace),
    archives: new RedisArchives(commands, keySpace, listed),
    tallies: new RedisTallies(commands, keySpace),
    erasuresPending: () => erasures.pending,
    close,
  };
}
