import assert from "node:assert/strict";
import { test } from "node:test";
import { RedisSentinels } from "../support/redis-sentinels.ts";
import { Newsroom } from "./support/newsroom.ts";

test("[S7] a replica is promoted that lacks the last writes: one new epoch, and everybody agrees again", async (t) => {
  const sentinels = await RedisSentinels.start();
  t.after(() => sentinels.stop());
  const newsroom = await Newsroom.open(t, { environment: { REDIS_URL: sentinels.url }, losesHistory: true });
  const epoch = (await newsroom.snapshot()).position.split(".")[0];
  // Shorter than sentinels take to call it down, and long enough for writes that it never sees.
  sentinels.replica.pause();
  await sentinels.master.command("CLIENT", "KILL", "TYPE", "replica");
  await newsroom.editor.acknowledges(8);
  await sentinels.master.kill();
  sentinels.replica.resume();
  await sentinels.promoted();
  await newsroom.settle(t, "replica promoted, writes lost");
  assert.notEqual((await newsroom.snapshot()).position.split(".")[0], epoch);
});

test("[S3] a write that a replica has confirmed survives its promotion", async (t) => {
  const sentinels = await RedisSentinels.start();
  t.after(() => sentinels.stop());
  const environment = { REDIS_URL: sentinels.url, REDIS_MIN_REPLICAS: "1" };
  const newsroom = await Newsroom.open(t, { environment });
  await newsroom.editor.acknowledges(10);
  await newsroom.editor.stop();
  const { position } = await newsroom.snapshot();
  await sentinels.master.kill();
  await sentinels.promoted();
  await newsroom.allReady();
  assert.equal((await newsroom.snapshot()).position, position);
  await Promise.all(newsroom.readers.map((reader) => reader.reaches(position)));
  assert.deepEqual(newsroom.ledger.lostIn((await newsroom.snapshot()).entries), []);
});
