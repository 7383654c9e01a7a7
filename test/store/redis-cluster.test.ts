import assert from "node:assert/strict";
import { test } from "node:test";
import { openRedisStores } from "../../src/store/redis/open.ts";
import { StoreUnavailable } from "../../src/store/timeline-store.ts";
import { Hearing } from "../support/hearing.ts";
import { RedisCluster } from "../support/redis-cluster.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { newStory } from "../support/store-desk.ts";

/** What an operator's tool does when it moves a slot to another master. */
async function moveSlot(slot: string, from: RedisServer, to: RedisServer, cluster: RedisCluster): Promise<void> {
  const [fromId, toId] = await Promise.all([from, to].map((node) => node.command("CLUSTER", "MYID")));
  assert.ok(fromId && toId);
  await to.command("CLUSTER", "SETSLOT", slot, "IMPORTING", fromId);
  await from.command("CLUSTER", "SETSLOT", slot, "MIGRATING", toId);
  const keys = (await from.command("CLUSTER", "GETKEYSINSLOT", slot, "1000")).split("\n").filter(Boolean);
  await from.command("MIGRATE", "127.0.0.1", String(to.port), "", "0", "5000", "KEYS", ...keys);
  for (const node of [to, from, ...cluster.nodes]) await node.command("CLUSTER", "SETSLOT", slot, "NODE", toId);
}

test("[F2] a story whose slot moves to another master is followed there, and nothing in between is lost", async (t) => {
  const cluster = await RedisCluster.start();
  t.after(() => cluster.stop());
  const stores = await openRedisStores({ url: cluster.url });
  t.after(() => stores.close());
  const desk = await newStory(stores, "a");
  const hearing = new Hearing();
  await stores.announcements.subscribe("a", hearing);
  const [first] = cluster.nodes;
  assert.ok(first);
  const slot = await first.command("CLUSTER", "KEYSLOT", "{a}");
  const counts = await Promise.all(cluster.nodes.map((node) => node.command("CLUSTER", "COUNTKEYSINSLOT", slot)));
  const holder = counts.findIndex((count) => Number(count) > 0);
  const [from, to] = [cluster.nodes[holder], cluster.nodes[(holder + 1) % 3]];
  assert.ok(from && to);

  await moveSlot(slot, from, to, cluster);

  await hearing.until((heard) => heard.includes("interrupted"));
  const { head } = await desk.publish("after the move");
  await hearing.until((heard) =>
    heard.some((news) => news !== "interrupted" && news.kind === "commit" && news.to === head.seq),
  );
  await stores.announcements.probe();
});

test("while one master of a cluster is away, stories on the others go on", async (t) => {
  const cluster = await RedisCluster.start();
  t.after(() => cluster.stop());
  for (const node of cluster.nodes) await node.command("CONFIG", "SET", "cluster-require-full-coverage", "no");
  const stores = await openRedisStores({ url: cluster.url });
  t.after(() => stores.close());
  const desks = await Promise.all(["a", "b", "c", "d", "e", "f"].map((slug) => newStory(stores, slug)));
  await cluster.nodes[0]?.kill();
  const outcomes = await Promise.allSettled(desks.map((desk) => desk.publish("on")));
  const done = outcomes.filter(({ status }) => status === "fulfilled").length;
  assert.ok(done > 0 && done < desks.length);
  for (const outcome of outcomes)
    assert.ok(outcome.status === "fulfilled" || outcome.reason instanceof StoreUnavailable);
});
