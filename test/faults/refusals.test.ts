import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import type { NodeProcess } from "../support/node-process.ts";
import { RedisServer } from "../support/redis-server.ts";
import { ask, type Reply } from "./support/ask.ts";
import { Newsroom } from "./support/newsroom.ts";
import { assertUndisturbed, assertWhole, openWireReaders } from "./support/wire-readers.ts";

/** A newsroom whose editors rest: what is told afterwards is this test's doing. */
async function openQuiet(t: TestContext, environment: Record<string, string>, nodes: number) {
  const newsroom = await Newsroom.open(t, { environment, nodes });
  const readers = await openWireReaders(t, newsroom);
  await newsroom.editor.stop();
  const [node] = newsroom.nodes;
  assert.ok(node);
  return { newsroom, readers, node };
}

const publish = (node: NodeProcess, key: string) =>
  ask(node, "POST", "/entries", { body: { markdown: "change-1000 ." }, key });

function assertRefused({ status, headers, body }: Reply): void {
  assert.equal(status, 503);
  assert.equal(body.code, "store_unavailable");
  assert.ok(Number(headers.get("retry-after")) > 0);
}

test("[S1] [S5] [S6] a Redis without memory: nothing is published, what must go goes, and the same key publishes later", async (t) => {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const { newsroom, readers, node } = await openQuiet(t, { REDIS_URL: redis.url }, 2);
  const before = await newsroom.snapshot();
  const [doomed] = before.entries;
  assert.ok(doomed);
  await redis.command("CONFIG", "SET", "maxmemory", "1");
  const key = randomUUID();
  assertRefused(await publish(node, key));
  assertRefused(await ask(node, "PATCH", `/entries/${doomed.id}`, { body: { markdown: "change-1001 ." } }));
  for (const each of newsroom.nodes) assert.equal((await newsroom.snapshot(each)).position, before.position);

  const retraction = await ask(node, "DELETE", `/entries/${doomed.id}`);
  assert.equal(retraction.status, 200);
  const position = retraction.body.position ?? "";
  await Promise.all(readers.map((reader) => reader.reaches(position)));
  for (const each of newsroom.nodes) assert.equal(await each.isReady(), true);

  await redis.command("CONFIG", "SET", "maxmemory", "0");
  const published = await publish(node, key);
  assert.equal(published.status, 201);
  assert.equal(published.headers.get("idempotent-replay"), null);
  await Promise.all([...readers, ...newsroom.readers].map((reader) => reader.reaches(published.body.position ?? "")));
  await assertWhole(newsroom, readers);
  assertUndisturbed(readers);
});
