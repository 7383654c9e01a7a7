import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { KeySpace } from "../../src/store/redis/key-space.ts";
import { openRedisStores } from "../../src/store/redis/open.ts";
import type { Stores } from "../../src/store/stores.ts";
import { RedisServer } from "../../test/support/redis-server.ts";
import { commitOf, entryWrite, newStory } from "../../test/support/store-desk.ts";
import { type Row, row, type Section } from "../support/report.ts";
import { STORY } from "../support/rig.ts";
import { repeat } from "../support/statistics.ts";
import { redisCpuUs } from "../support/usage.ts";

export type FanOutCounts = { rounds: number; commits: number };

const PREFIX = "dateline:";
const SIZES = [200, 800, 8_000];
const AUDIENCES = [0, 2, 50, 200];
/** Of the measurement by size. */
const NODES = 2;
/** Of the measurement by audience. */
const CHARACTERS = 800;

/** What a commit with its announcement and its listing costs Redis, by size and by the number of listening nodes. */
export async function fanOut(counts: FanOutCounts): Promise<Section> {
  const redis = await RedisServer.start({ appendOnly: true });
  const stores = await openRedisStores({ url: redis.url, prefix: PREFIX });
  try {
    await newStory(stores, STORY);
    const rows = await bySize(redis, stores, counts);
    rows.push(...(await byAudience(redis, stores, counts)));
    return { title: "CPU of Redis for a commit, its listing and its announcement, one at a time", rows };
  } finally {
    await stores.close();
    await redis.stop();
  }
}

function bySize(redis: RedisServer, stores: Stores, counts: FanOutCounts): Promise<Row[]> {
  return withListeners(redis, NODES, () =>
    repeat(SIZES.length, async (index) => {
      const characters = SIZES[index] ?? CHARACTERS;
      const runs = await cpuOfCommits(redis, stores, characters, counts);
      return row(`${characters.toLocaleString("en")} characters, ${NODES} nodes listen`, "µs", ...runs);
    }),
  );
}

function byAudience(redis: RedisServer, stores: Stores, counts: FanOutCounts): Promise<Row[]> {
  return repeat(AUDIENCES.length, async (index) => {
    const listeners = AUDIENCES[index] ?? 0;
    const runs = await withListeners(redis, listeners, () => cpuOfCommits(redis, stores, CHARACTERS, counts));
    return row(`${CHARACTERS} characters, ${listeners} nodes listen`, "µs", ...runs);
  });
}

async function cpuOfCommits(
  redis: RedisServer,
  stores: Stores,
  characters: number,
  { rounds, commits }: FanOutCounts,
): Promise<number[]> {
  const text = "x".repeat(characters);
  const commit = () => stores.timelines.commit(STORY, commitOf([entryWrite(randomUUID(), text)]));
  await repeat(commits / 4, commit);
  const runs = await repeat(rounds, () => redisCpuUs(redis, () => repeat(commits, commit)));
  return runs.map((us) => us / commits);
}

/** Bare connections that listen as nodes do. */
async function withListeners<T>(redis: RedisServer, count: number, measure: () => Promise<T>): Promise<T> {
  const channel = new KeySpace(PREFIX).channelOf(STORY);
  const sockets = await Promise.all(Array.from({ length: count }, () => listen(redis.port, channel)));
  try {
    return await measure();
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function listen(port: number, channel: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.write(`SSUBSCRIBE ${channel}\r\n`);
  await once(socket, "data");
  return socket.resume();
}
