import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import { openRedisStores } from "../../src/store/redis/open.ts";
import type { Stores } from "../../src/store/stores.ts";
import { StoreUnavailable } from "../../src/store/timeline-store.ts";
import { DeafProxy } from "../support/deaf-proxy.ts";
import { Hearing } from "../support/hearing.ts";
import { type RedisOptions, RedisServer } from "../support/redis-server.ts";
import { commitOf, Desk, entryWrite, headOf, newStory } from "../support/store-desk.ts";

async function open(t: TestContext, options: RedisOptions = {}): Promise<{ server: RedisServer; stores: Stores }> {
  const server = await RedisServer.start(options);
  t.after(() => server.stop());
  const stores = await openRedisStores({ url: server.url });
  t.after(() => stores.close());
  return { server, stores };
}

/** Asks until it is answered; each question may be refused. */
async function untilBack<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      assert.ok(error instanceof StoreUnavailable);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

test("[S5] what is asked while Redis is away is refused and never done", async (t) => {
  const { server, stores } = await open(t, { appendOnly: true });
  const desk = await newStory(stores, "a");
  await server.kill();
  const commit = commitOf([entryWrite(uuidv7(), "one")]);
  await assert.rejects(
    untilRefused(() => stores.timelines.commit("a", commit)),
    StoreUnavailable,
  );
  await assert.rejects(stores.timelines.load("a", 1), StoreUnavailable);
  await server.restart();
  assert.equal((await untilBack(() => headOf(stores, "a"))).seq, 1);
  assert.equal((await desk.publish("two")).head.seq, 2);
});

/** The connection may still seem to stand right after a kill. */
async function untilRefused(ask: () => Promise<unknown>): Promise<never> {
  for (;;) await ask();
}

test("[S5] a command that reaches a Redis that hangs does nothing after its caller has given up", async (t) => {
  const { server, stores } = await open(t);
  await newStory(stores, "a");
  server.pause();
  const commits = Array.from({ length: 5 }, (_, n) => commitOf([entryWrite(uuidv7(), `late ${n}`)]));
  const answers = await Promise.allSettled(commits.map((commit) => stores.timelines.commit("a", commit)));
  server.resume();
  for (const answer of answers) assert.ok(answer.status === "rejected" && answer.reason instanceof StoreUnavailable);
  assert.equal((await untilBack(() => headOf(stores, "a"))).seq, 1);
});

test("[F2] whoever listens is told of an interruption before anything newer, and hears everything after it", async (t) => {
  const { server, stores } = await open(t);
  const desk = await newStory(stores, "a");
  const hearing = new Hearing();
  await stores.announcements.subscribe("a", hearing);
  await desk.publish("before");
  await hearing.until(({ length }) => length >= 1);
  assert.equal(await server.command("CLIENT", "KILL", "TYPE", "pubsub"), "1");
  const missed = await desk.publish("while away");
  await hearing.until(({ length }) => length >= 2);
  assert.equal(hearing.heard[1], "interrupted");
  const { head } = await desk.publish("after");
  await hearing.until((heard) => seqsOf(heard).includes(head.seq));
  const seqs = seqsOf(hearing.heard.slice(2));
  assert.ok(seqs.every((seq) => seq >= missed.head.seq) && seqs.length === hearing.heard.length - 2);
});

function seqsOf(heard: readonly Hearing["heard"][number][]): number[] {
  return heard.flatMap((news) => (news !== "interrupted" && news.kind === "commit" ? [news.to] : []));
}

test("[F1] what is not ours on a channel counts as an interruption, and nothing breaks", async (t) => {
  const { server, stores } = await open(t);
  const desk = await newStory(stores, "a");
  const hearing = new Hearing();
  await stores.announcements.subscribe("a", hearing);
  const foreign = [
    "",
    "null",
    "{}",
    "garbage",
    '{"kind":"later"}',
    '{"kind":"commit"}',
    '{"kind":"renewed"}',
    "[1]\n2",
  ];
  foreign.push(
    '{"kind":"commit","epoch":"e","from":1,"to":2,"tag":"t","status":"live","allowedOrigins":[],"placements":[{}]}\nx',
  );
  for (const message of foreign) await server.command("SPUBLISH", "dateline:{a}:changes", message);
  await hearing.until(({ length }) => length >= foreign.length);
  assert.deepEqual(
    hearing.heard,
    foreign.map(() => "interrupted"),
  );
  await desk.publish("one");
  await hearing.until(({ length }) => length >= foreign.length + 1);
});

test("a Redis that is full refuses what is new as a whole, and still withdraws", async (t) => {
  const { server, stores } = await open(t);
  const desk = await newStory(stores, "a");
  const { id, head } = await desk.publish("one");
  await server.command("CONFIG", "SET", "maxmemory", "1");
  const refused = stores.timelines.commit("a", commitOf([entryWrite(uuidv7(), "two")]));
  await assert.rejects(refused, (error: Error) => error instanceof StoreUnavailable && /no memory/.test(error.message));
  assert.deepEqual(await headOf(stores, "a"), head);
  assert.equal((await desk.retract(id)).head.seq, head.seq + 1);
  await server.command("CONFIG", "SET", "maxmemory", "0");
  await desk.publish("three");
});

test("[S3] a commit waits for as many replicas as are asked for, and so does its repeat", async (t) => {
  const { server } = await open(t);
  const stores = await openRedisStores({ url: server.url, minReplicas: 1 });
  t.after(() => stores.close());
  const creation = new Desk(stores, "a").create();
  await assert.rejects(creation, (error: Error) => error instanceof StoreUnavailable && /replicas/.test(error.message));
  const id = uuidv7();
  const commit = commitOf([entryWrite(id, "one")], { idempotency: { key: "k", bodyHash: "h", ids: [id] } });
  await assert.rejects(stores.timelines.commit("a", commit), /replicas/);
  await assert.rejects(stores.timelines.commit("a", commit), /replicas/);
  const want = { items: [], idempotency: { holderId: commit.by.id, key: "k" } };
  await assert.rejects(stores.records.read("a", want), /replicas/);
  const replica = await RedisServer.start({ args: ["--replicaof", "127.0.0.1", String(server.port)] });
  t.after(() => replica.stop());
  const again = await untilBack(() => stores.timelines.commit("a", commit));
  assert.ok(again.outcome === "done" && again.head.seq === 2);
});

test("[S3] keys, too, wait for replicas, so that a failover brings no revoked one back", async (t) => {
  const { server } = await open(t);
  const stores = await openRedisStores({ url: server.url, minReplicas: 1 });
  t.after(() => stores.close());
  const at = "2026-03-01T12:00:00.000Z";
  const key = { id: "1", name: "desk", sha256: "a".repeat(64), role: "editor" as const, stories: null };
  await assert.rejects(stores.keys.addKey({ ...key, createdAt: at, revokedAt: null }), /replicas/);
  await assert.rejects(stores.keys.revokeKey("1", at), /replicas/);
  assert.equal(await stores.keys.revokeKey("2", at), false);
  const replica = await RedisServer.start({ args: ["--replicaof", "127.0.0.1", String(server.port)] });
  t.after(() => replica.stop());
  assert.equal(await untilBack(() => stores.keys.revokeKey("1", at)), true);
});

test("[F3] a connection that stands and brings nothing is made anew", async (t) => {
  const { server } = await open(t);
  const proxy = await DeafProxy.start(server.port);
  t.after(() => proxy.close());
  const stores = await openRedisStores({ url: `redis://127.0.0.1:${proxy.port}` });
  t.after(() => stores.close());
  const desk = await newStory(stores, "a");
  const hearing = new Hearing();
  await stores.announcements.subscribe("a", hearing);
  await stores.announcements.probe();
  assert.equal(proxy.deafen(), 1);
  await desk.publish("unheard");
  await assert.rejects(stores.announcements.probe(), StoreUnavailable);
  await hearing.until(({ length }) => length >= 1);
  assert.equal(hearing.heard[0], "interrupted");
  await untilBack(() => stores.announcements.probe());
});
