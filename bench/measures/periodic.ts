import { randomUUID } from "node:crypto";
import { WINDOW_ENTRIES } from "../../src/feed/story-feed.ts";
import { openRedisStores } from "../../src/store/redis/open.ts";
import type { Stores } from "../../src/store/stores.ts";
import { RedisServer } from "../../test/support/redis-server.ts";
import { commitOf, entryWrite, newStory } from "../../test/support/store-desk.ts";
import { type Row, row, type Section } from "../support/report.ts";
import { STORY } from "../support/rig.ts";
import { repeat, timed } from "../support/statistics.ts";
import { redisCpuUs } from "../support/usage.ts";

export type PeriodicCounts = { rounds: number; asked: number; loads: number };

const TALLIES = [2, 50, 400];
const AT_ONCE = 8;
const CHARACTERS = 800;
/** Longer than the measurement takes, so that every node's readers count to its end. */
const COUNTS_FOR_MS = 10 * 60_000;

/** What nodes ask of Redis all the time for each followed story, and when they begin to follow it. */
export async function periodic(counts: PeriodicCounts): Promise<Section> {
  const redis = await RedisServer.start({ appendOnly: true });
  const stores = await openRedisStores({ url: redis.url });
  try {
    await newStory(stores, STORY);
    const compare = () => stores.records.read(STORY, { items: [] });
    const rows = [row("a look at the head", "µs", ...(await cpuOf(redis, compare, counts)))];
    for (const nodes of TALLIES) rows.push(await counting(redis, stores, nodes, counts));
    rows.push(await loading(redis, stores, counts));
    return { title: "CPU of Redis for what nodes ask of a followed story", rows };
  } finally {
    await stores.close();
    await redis.stop();
  }
}

async function counting(redis: RedisServer, stores: Stores, nodes: number, counts: PeriodicCounts): Promise<Row> {
  const share = (index: number) => stores.tallies.share(STORY, `node-${index % nodes}`, 1_000, COUNTS_FOR_MS);
  await repeat(nodes, share);
  return row(`a count of a story's readers on ${nodes} nodes`, "µs", ...(await cpuOf(redis, share, counts)));
}

async function loading(redis: RedisServer, stores: Stores, { rounds, loads }: PeriodicCounts): Promise<Row> {
  const text = "x".repeat(CHARACTERS);
  await timed(WINDOW_ENTRIES, AT_ONCE, () =>
    stores.timelines.commit(STORY, commitOf([entryWrite(randomUUID(), text)])),
  );
  const load = () => stores.timelines.load(STORY, WINDOW_ENTRIES);
  const what = `the first look at a story of ${WINDOW_ENTRIES} entries of ${CHARACTERS} characters`;
  return row(what, "µs", ...(await cpuOf(redis, load, { rounds, asked: loads, loads })));
}

async function cpuOf(
  redis: RedisServer,
  ask: (index: number) => Promise<unknown>,
  { rounds, asked }: PeriodicCounts,
): Promise<number[]> {
  const runs = await repeat(rounds, () => redisCpuUs(redis, () => timed(asked, AT_ONCE, ask)));
  return runs.map((us) => us / asked);
}
