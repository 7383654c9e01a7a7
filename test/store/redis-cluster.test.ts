import assert from "node:assert/strict";
import { test } from "node:test";
import { openRedisStores } from "../../src/store/redis/open.ts";
import { StoreUnavailable } from "../../src/store/timeline-store.ts";
import { Hearing } from "../support/hearing.ts";
import { RedisCluster } from "../support/redis-cluster.ts";
import { moveSlotOf } from "../support/slot-move.ts";
import { newStory } from "../support/store-desk.ts";

test("[F2] a story whose slot moves to another master is followed there, and nothing in between is lost", async (t) => {
  const cluster = await RedisCluster.start();
  t.after(() => cluster.stop());
  const stores = await openRedisStores({ url: cluster.url });
  t.after(() => stores.close());
  const desk = await newStory(stores, "a");
  const hearing = new Hearing();
  await stores.announcements.subscribe("a", hearing);

  await moveSlotOf("{a}", cluster);

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
