import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { DeafProxy } from "../support/deaf-proxy.ts";
import { RedisServer } from "../support/redis-server.ts";
import { ask } from "./support/ask.ts";
import { Newsroom } from "./support/newsroom.ts";
import { assertUndisturbed, assertWhole, openWireReaders } from "./support/wire-readers.ts";

const LOOK_EVERY_MS = 200;
/** Heads are compared within 10 s; then the store is read and the readers are told. */
const NOTICED_MS = 12_000;
/** A proof counts for 15 s. One may have been on its way when the fault began. */
const READY_AT_MOST_MS = 16_000;
const DEAF_MS = 18_000;

type Look = { atMs: number; ready: boolean; serving: boolean };

/** Every subscriber, also each that is connected meanwhile: its subscriptions are confirmed, and nothing comes. */
function keepDeaf(t: TestContext, proxy: DeafProxy): () => void {
  proxy.deafen();
  const timer = setInterval(() => proxy.deafen(), 5);
  const hearAgain = () => clearInterval(timer);
  t.after(hearAgain);
  return hearAgain;
}

test("[F3] a fan-out that delivers nothing: readers are served from the store, and no node says that it is ready", async (t) => {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const proxy = await DeafProxy.start(redis.port);
  t.after(() => proxy.close());
  const newsroom = await Newsroom.open(t, { environment: { REDIS_URL: `redis://127.0.0.1:${proxy.port}` } });
  const readers = await openWireReaders(t, newsroom);
  const [node] = newsroom.nodes;
  assert.ok(node);

  const hearAgain = keepDeaf(t, proxy);
  const deafSince = performance.now();
  newsroom.ledger.publishing("change-1000");
  const { body } = await ask(node, "POST", "/entries", { body: { markdown: "change-1000 ." } });
  newsroom.ledger.published("change-1000", body.entry?.id ?? "");
  const seq = Number(body.position?.split(".")[1]);
  const toldMs = Promise.all(readers.map((reader) => reader.reachesSeq(seq))).then(() => performance.now() - deafSince);
  const looks: Look[] = [];
  while (performance.now() - deafSince < DEAF_MS) {
    const atMs = performance.now() - deafSince;
    for (const each of newsroom.nodes) {
      const serving = await fetch(`${each.url}/health/serving`);
      looks.push({ atMs, ready: await each.isReady(), serving: serving.ok });
    }
    await pause(LOOK_EVERY_MS);
  }
  hearAgain();
  assert.ok((await toldMs) < NOTICED_MS, `Told after ${await toldMs} ms`);
  const late = looks.filter(({ atMs }) => atMs > READY_AT_MOST_MS);
  assert.ok(late.length > 0 && late.every(({ ready }) => !ready));
  assert.ok(looks.every(({ serving }) => serving));

  await newsroom.settle(t, "fan-out delivers nothing");
  await assertWhole(newsroom, readers);
  assertUndisturbed(readers);
});
