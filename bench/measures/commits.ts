import { randomUUID } from "node:crypto";
import { openRedisStores } from "../../src/store/redis/open.ts";
import type { Stores } from "../../src/store/stores.ts";
import { RedisServer } from "../../test/support/redis-server.ts";
import { commitOf, entryWrite, newStory } from "../../test/support/store-desk.ts";
import { type Row, row, type Section } from "../support/report.ts";
import { Rig, STORY } from "../support/rig.ts";
import { quantile, repeat, timed } from "../support/statistics.ts";

export type CommitCounts = { rounds: number; oneByOne: number; atOnce: number };

const CHARACTERS = 800;
const FLIGHTS = [1, 32];

/** How fast one Redis takes commits, each announced to one subscriber, from one process that does nothing else. */
export async function commits(appendfsync: "always" | "everysec", counts: CommitCounts): Promise<Section> {
  const redis = await RedisServer.start({ appendOnly: true });
  await redis.command("CONFIG", "SET", "appendfsync", appendfsync);
  const stores = await openRedisStores({ url: redis.url });
  try {
    await newStory(stores, STORY);
    await stores.announcements.subscribe(STORY, { announced() {}, interrupted() {} });
    const rows = await inFlights(counts, () => commitEntry(stores));
    return { title: `Commits through Redis, appendfsync ${appendfsync}`, rows };
  } finally {
    await stores.close();
    await redis.stop();
  }
}

/** The same as an editor sees it, with everything that a node does for it. */
export async function publishesOverHttp(counts: CommitCounts): Promise<Section> {
  return Rig.with(1, async (rig) => {
    await rig.enter(rig.first, 1, { limit: 1 });
    const rows = await inFlights(counts, () => rig.publish(CHARACTERS));
    return { title: "Publishes over HTTP through one node and Redis, appendfsync always", rows };
  });
}

async function commitEntry(stores: Stores): Promise<void> {
  const commit = commitOf([entryWrite(randomUUID(), "x".repeat(CHARACTERS))]);
  const { outcome } = await stores.timelines.commit(STORY, commit);
  if (outcome !== "done") throw new Error(`A commit ended as ${outcome}.`);
}

async function inFlights({ rounds, oneByOne, atOnce }: CommitCounts, commit: () => Promise<unknown>): Promise<Row[]> {
  await timed(oneByOne / 4, 1, commit);
  const rows = await repeat(FLIGHTS.length, async (index) => {
    const flight = FLIGHTS[index] ?? 1;
    const results = await repeat(rounds, () => measure(flight === 1 ? oneByOne : atOnce, flight, commit));
    return [
      row(`${flight} at a time`, "a second", ...results.map(({ perSecond }) => perSecond)),
      row(`${flight} at a time: median`, "ms", ...results.map(({ p50 }) => p50)),
      row(`${flight} at a time: p99`, "ms", ...results.map(({ p99 }) => p99)),
    ];
  });
  return rows.flat();
}

async function measure(total: number, flight: number, commit: () => Promise<unknown>) {
  const startedAt = performance.now();
  const tookMs = await timed(total, flight, commit);
  const perSecond = total / ((performance.now() - startedAt) / 1_000);
  return { perSecond, p50: quantile(tookMs, 0.5), p99: quantile(tookMs, 0.99) };
}
