import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { DeafProxy } from "../support/deaf-proxy.ts";
import { RedisServer } from "../support/redis-server.ts";
import { Newsroom } from "./support/newsroom.ts";

const CHANNEL = "dateline:{election}:changes";

async function open(t: TestContext): Promise<{ redis: RedisServer; newsroom: Newsroom }> {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  return { redis, newsroom: await Newsroom.open(t, { environment: { REDIS_URL: redis.url } }) };
}

test("[S3] Redis that is killed and comes back with its append-only file loses nothing", async (t) => {
  const { redis, newsroom } = await open(t);
  for (let times = 0; times < 3; times += 1) {
    await redis.kill();
    await newsroom.editor.fails(5);
    await redis.restart();
    await newsroom.editor.acknowledges(5);
  }
  await newsroom.settle(t, "Redis kill -9, restart");
});

for (const seconds of [1, 5, 20]) {
  test(`[S5] [F2] a Redis that hangs for ${seconds} s loses and doubles nothing`, async (t) => {
    const { redis, newsroom } = await open(t);
    redis.pause();
    await pause(seconds * 1_000);
    if (seconds > 15) {
      const ready = await Promise.all(newsroom.nodes.map((node) => node.isReady()));
      assert.deepEqual(ready, [false, false], "no node says that it is ready while nothing can be delivered");
      assert.ok((await newsroom.snapshot()).entries.length > 0, "pages and reads go on");
    }
    redis.resume();
    await newsroom.settle(t, `Redis SIGSTOP ${seconds} s`);
  });
}

test("[F2] subscribers that are cut off again and again while work goes on lose nothing", async (t) => {
  const { redis, newsroom } = await open(t);
  for (let cuts = 0; cuts < 20; ) {
    cuts += Number(await redis.command("CLIENT", "KILL", "TYPE", "pubsub"));
    await newsroom.editor.acknowledges(1);
  }
  await newsroom.settle(t, "CLIENT KILL TYPE pubsub");
});

test("[F3] a subscriber that stands and hears nothing is found out and loses nothing", async (t) => {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const proxy = await DeafProxy.start(redis.port);
  t.after(() => proxy.close());
  const newsroom = await Newsroom.open(t, { environment: { REDIS_URL: `redis://127.0.0.1:${proxy.port}` } });
  assert.equal(proxy.deafen(), 2);
  await newsroom.editor.acknowledges(20);
  await newsroom.settle(t, "deaf subscriber");
});

test("[F2] a subscriber whose output buffer Redis gives up loses nothing", async (t) => {
  const { redis, newsroom } = await open(t);
  await redis.command("CONFIG", "SET", "client-output-buffer-limit", "pubsub 256kb 256kb 1");
  const [node] = newsroom.nodes;
  assert.ok(node);
  newsroom.spared.add(node);
  node.signal("SIGSTOP");
  const large = ".".repeat(200_000);
  while ((await subscribers(redis)) === 2) await redis.command("SPUBLISH", CHANNEL, large);
  node.signal("SIGCONT");
  newsroom.spared.delete(node);
  await newsroom.settle(t, "output buffer overrun");
});

async function subscribers(redis: RedisServer): Promise<number> {
  return Number((await redis.command("PUBSUB", "SHARDNUMSUB", CHANNEL)).split("\n")[1]);
}

test("[F1] malformed and foreign messages on the channel change nothing", async (t) => {
  const { redis, newsroom } = await open(t);
  const foreign = [
    "",
    "{",
    "null",
    '{"kind":"commit"}',
    '{"kind":"commit","epoch":"x","from":1,"to":9}\n{}',
    "\u0000\u0001",
  ];
  for (let n = 0; n < 60; n += 1) {
    await redis.command("SPUBLISH", CHANNEL, foreign[n % foreign.length] ?? "");
    if (n % 6 === 0) await newsroom.editor.acknowledges(1);
  }
  await newsroom.settle(t, "foreign messages");
});

test("[S1] a Redis without memory refuses, does nothing by halves, and goes on afterwards", async (t) => {
  const { redis, newsroom } = await open(t);
  await redis.command("CONFIG", "SET", "maxmemory", "1");
  await newsroom.editor.fails(10);
  await redis.command("CONFIG", "SET", "maxmemory", "0");
  await newsroom.settle(t, "MAXMEMORY reached");
});
