import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Config } from "../../src/config.ts";
import { Keys } from "../../src/editorial/keys.ts";
import { openStores } from "../../src/store/open-stores.ts";
import { RedisServer } from "../support/redis-server.ts";
import { refusalsOf } from "../support/refusals.ts";
import { type Answer, type Call, NO_LIMITS, TestService } from "../support/service.ts";

const LIMIT = 3;

async function limited(t: TestContext, settings: Partial<Config> = {}): Promise<TestService> {
  const service = await TestService.start({ limits: { ...NO_LIMITS, publishesPerMinute: LIMIT }, ...settings });
  t.after(() => service.close());
  return service;
}

function publish(service: TestService, call: Call = {}): Promise<Answer> {
  return service.call("POST", "/stories/a/entries", { body: { markdown: "x" }, ...call });
}

async function onRedis(t: TestContext, args: string[] = []) {
  const server = await RedisServer.start({ args });
  t.after(() => server.stop());
  return { url: server.url, prefix: "rate:", minReplicas: 0 };
}

test("a key publishes so often a minute and no more; others go on", async (t) => {
  const service = await limited(t);
  await service.createStory({ slug: "a" });
  const stores = await openStores(
    { redis: null, dataDirectory: service.dataDirectory },
    { exclusive: false, onWarning() {} },
  );
  const other = await new Keys(stores.keys, null).create({ name: "other", role: "editor", stories: null });
  await stores.close();
  for (let published = 0; published < LIMIT; published += 1) assert.equal((await publish(service)).status, 201);
  const { status, body, headers } = await publish(service);
  assert.deepEqual([status, body.code], [429, "rate_limited"]);
  const wait = Number(headers.get("retry-after"));
  assert.ok(wait >= 1 && wait <= 60, String(wait));
  assert.equal((await publish(service, { key: other.secret })).status, 201);
  assert.equal((await service.snapshot("a")).total, LIMIT + 1);
  assert.deepEqual(await refusalsOf(service), { publish_rate: 1 });
});

test("beyond the limit a repeat is answered like the first, and everything can be taken back", async (t) => {
  const service = await limited(t);
  await service.createStory({ slug: "a" });
  const first = { headers: { "Idempotency-Key": "first" } };
  const { entry } = (await publish(service, first)).body;
  for (let published = 1; published < LIMIT; published += 1) await publish(service);
  assert.equal((await publish(service)).status, 429);
  const repeat = await publish(service, first);
  assert.deepEqual([repeat.status, repeat.body.entry.id], [201, entry.id]);
  assert.deepEqual(await refusalsOf(service), { publish_rate: 1 }, "a repeat was not refused");
  const path = `/stories/a/entries/${entry.id}`;
  assert.equal((await service.call("PATCH", path, { body: { markdown: "y" } })).status, 200, "counted apart");
  assert.equal((await service.call("PUT", "/stories/a/pin", { body: { entryId: entry.id } })).status, 200);
  const oneTooMany = await service.call("PATCH", path, { body: { markdown: "z" } });
  assert.deepEqual([oneTooMany.status, oneTooMany.body.code], [429, "rate_limited"]);
  assert.equal((await service.call("PATCH", "/stories/a", { body: { headline: "B" } })).status, 429);
  assert.equal((await service.call("PUT", "/stories/a/pin", { body: { entryId: null } })).status, 429);
  const another = { slug: "b", headline: "B", timeZone: "UTC" };
  assert.equal((await service.call("POST", "/stories", { body: another })).status, 429);
  for (const gone of ["/stories/a/pin", path]) assert.equal((await service.call("DELETE", gone)).status, 200, gone);
  assert.equal((await service.call("DELETE", "/stories/a")).status, 204);
});

test("the limit holds over all nodes", async (t) => {
  const redis = await onRedis(t);
  const nodes = [await limited(t, { redis }), await limited(t, { redis })];
  await nodes[0]?.createStory({ slug: "a" });
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => publish(nodes[n % 2] as TestService)));
  assert.equal(answers.filter(({ status }) => status === 201).length, LIMIT);
  assert.equal(answers.filter(({ status }) => status === 429).length, 8 - LIMIT);
});

test("publishing goes on when the counter is away", async (t) => {
  const service = await limited(t, { redis: await onRedis(t, ["--rename-command", "INCR", ""]) });
  await service.createStory({ slug: "a" });
  for (let published = 0; published <= LIMIT; published += 1) assert.equal((await publish(service)).status, 201);
});
