import assert from "node:assert/strict";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { RedisServer } from "../support/redis-server.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";
import { Newsroom } from "./support/newsroom.ts";
import { assertWhole, openWireReaders } from "./support/wire-readers.ts";

test("[S7] after an older copy every reader is told to start again, and holds what the store holds and no more", async (t) => {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const newsroom = await Newsroom.open(t, { environment: { REDIS_URL: redis.url }, losesHistory: true });
  const readers = await openWireReaders(t, newsroom);
  const data = join(redis.directory, "appendonlydir");
  const copy = join(await temporaryDirectory(t), "copy");
  // Held still meanwhile: a rewrite of the append-only file takes files away.
  redis.pause();
  await cp(data, copy, { recursive: true });
  redis.resume();
  await newsroom.editor.acknowledges(15);
  const epochOf = (position = "") => position.split(".")[0];
  const { position } = await newsroom.snapshot();
  await Promise.all(readers.map((reader) => reader.reachesSeq(Number(position.split(".")[1]))));
  await redis.kill();
  await rm(data, { recursive: true });
  await cp(copy, data, { recursive: true });
  await redis.restart();
  await newsroom.editor.acknowledges(30);
  // Knows of the story only what the store holds.
  await newsroom.addNode();
  await newsroom.settle(t, "older copy, on the wire");
  await assertWhole(newsroom, readers);
  assert.notEqual(epochOf((await newsroom.snapshot()).position), epochOf(position));
  assert.ok(readers.every(({ resets, startedAgain }) => resets + startedAgain >= 1));
});
