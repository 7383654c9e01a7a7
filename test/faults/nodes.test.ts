import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { RedisServer } from "../support/redis-server.ts";
import { Newsroom } from "./support/newsroom.ts";

async function open(t: TestContext, nodes: number): Promise<Newsroom> {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  return Newsroom.open(t, { environment: { REDIS_URL: redis.url }, nodes });
}

test("[S3] a node that is killed takes nothing with it that was acknowledged", async (t) => {
  const newsroom = await open(t, 3);
  for (const node of newsroom.nodes.slice(0, 2)) {
    await node.end("SIGKILL");
    await newsroom.editor.acknowledges(10);
    await node.restart();
  }
  await newsroom.settle(t, "node kill -9");
});

test("[R4] a rolling restart of all nodes loses no change and no reader, and each node exits with 0", async (t) => {
  const newsroom = await open(t, 3);
  for (const node of newsroom.nodes) {
    const ended = node.end("SIGTERM");
    await newsroom.editor.acknowledges(5);
    assert.equal(await ended, 0);
    await node.restart();
    await newsroom.allReady();
  }
  await newsroom.settle(t, "rolling restart");
});

test("a second SIGTERM ends a draining node at once", async (t) => {
  const newsroom = await open(t, 2);
  const [node] = newsroom.nodes;
  assert.ok(node);
  const ended = node.end("SIGTERM");
  // Two signals in one second are taken for one wish: a terminal and npm both pass Ctrl-C on.
  await pause(1_100);
  node.signal("SIGTERM");
  assert.equal(await ended, 1);
  await newsroom.settle(t, "second SIGTERM");
});

test("[F2] a node whose event loop stands still for 3 s catches up", async (t) => {
  const newsroom = await open(t, 2);
  const [node] = newsroom.nodes;
  assert.ok(node);
  newsroom.spared.add(node);
  node.signal("SIGSTOP");
  await pause(3_000);
  node.signal("SIGCONT");
  newsroom.spared.delete(node);
  await newsroom.settle(t, "event loop blocked 3 s");
});

test("[R1] readers that lose their connection 100 times are whole afterwards", async (t) => {
  const newsroom = await open(t, 2);
  for (let times = 0; times < 100; times += 1) {
    newsroom.balancer.cutAll();
    await pause(20);
  }
  await newsroom.settle(t, "100 reconnects");
});
