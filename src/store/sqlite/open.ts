import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { IDEMPOTENCY_WINDOW_MS, RESUMABLE_COMMITS } from "../../protocol/limits.ts";
import type { Stores } from "../stores.ts";
import { Connection } from "./connection.ts";
import type { FromWorker, WorkerOptions } from "./messages.ts";
import { ownTallies } from "./tallies.ts";

export type SqliteOptions = {
  /** Path of the database, made with its directory when there is none; `:memory:` for one that nobody else sees. */
  file: string;
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
  /**
   * Refuses when another server has opened the same file so. The command line opens it without.
   * @default false
   */
  exclusive?: boolean | undefined;
};

/**
 * All ports over one SQLite file. Every acknowledged write is on the disk. The work is done in a thread of its own;
 * announcements reach the listeners of this process.
 *
 * @throws {CannotOpenStore}
 */
export async function openSqliteStores({
  file,
  keepCommits = RESUMABLE_COMMITS + 1,
  idempotencyWindowMs = IDEMPOTENCY_WINDOW_MS,
  exclusive = false,
}: SqliteOptions): Promise<Stores> {
  const workerData: WorkerOptions = { file, keepCommits, idempotencyWindowMs, exclusive };
  const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData, name: "store" });
  const [opened] = (await once(worker, "message")) as [FromWorker];
  if (opened.kind === "refused") {
    await once(worker, "exit");
    throw new CannotOpenStore(file, opened.reason);
  }
  return storesOver(new Connection(worker));
}

/** The message is for the operator: which file, what happened, what to do. */
export class CannotOpenStore extends Error {
  override name = "CannotOpenStore";

  constructor(file: string, reason: string) {
    super(`Cannot open the store ${file}. ${reason}`);
  }
}

function storesOver(connection: Connection): Stores {
  const close = () => connection.close();
  return {
    timelines: {
      load: (slug, limit) => connection.call("load", slug, limit),
      changesSince: (slug, position) => connection.call("changesSince", slug, position),
      page: (slug, edge, limit) => connection.call("page", slug, edge, limit),
      commit: (slug, commit) => connection.call("commit", slug, commit),
      renewEpoch: (slug, epoch) => connection.call("renewEpoch", slug, epoch),
      close,
    },
    records: {
      read: (slug, want) => connection.call("read", slug, want),
      revisions: (slug, entryId) => connection.call("revisions", slug, entryId),
      eraseRevision: (slug, entryId, revision) => connection.call("eraseRevision", slug, entryId, revision),
    },
    announcements: {
      subscribe: (slug, listener) => connection.subscribe(slug, listener),
      probe: () => connection.probe(),
    },
    catalogue: {
      list: (query) => connection.call("list", query),
    },
    keys: {
      findKey: (sha256) => connection.call("findKey", sha256),
      addKey: (key) => connection.call("addKey", key),
      listKeys: () => connection.call("listKeys"),
      revokeKey: (id, at) => connection.call("revokeKey", id, at),
      signingSecret: () => connection.call("signingSecret"),
    },
    archives: {
      exportStory: (slug) => connection.call("exportStory", slug),
      importStory: (archive) => connection.call("importStory", archive),
    },
    tallies: ownTallies(),
    // Nothing is answered before it is out of the files.
    erasuresPending: () => false,
    close,
  };
}
