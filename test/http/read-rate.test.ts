import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { refusalsOf } from "../support/refusals.ts";
import { NO_LIMITS, TestService } from "../support/service.ts";

const LIMIT = 5;

async function limited(t: TestContext, trustedProxies: number): Promise<TestService> {
  const readsPerMinute = { each: LIMIT, thisMachine: LIMIT };
  const service = await TestService.start({ trustedProxies, limits: { ...NO_LIMITS, readsPerMinute } });
  t.after(() => service.close());
  await service.createStory({ slug: "a", allowedOrigins: ["https://partner.example"] });
  return service;
}

async function read(service: TestService, headers: Record<string, string> = {}) {
  return service.call("GET", "/stories/a", { key: null, headers });
}

async function exhaust(service: TestService, headers: Record<string, string> = {}): Promise<void> {
  for (let reads = 0; reads < LIMIT; reads += 1) assert.equal((await read(service, headers)).status, 200);
}

test("reads beyond the limit are 429 and say when to come again, to pages of other sites too", async (t) => {
  const service = await limited(t, 0);
  await exhaust(service);
  const { status, headers, body } = await read(service, { Origin: "https://partner.example" });
  assert.deepEqual([status, body.status, body.code], [429, 429, "rate_limited"]);
  const wait = Number(headers.get("retry-after"));
  assert.ok(wait >= 1 && wait <= 60, String(wait));
  assert.equal(headers.get("content-type"), "application/problem+json; charset=utf-8");
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.match(headers.get("access-control-expose-headers") ?? "", /Retry-After/);
  assert.deepEqual(await refusalsOf(service), { read_rate: 1 });
});

test("a page beyond the limit is a page that says so", async (t) => {
  const service = await limited(t, 0);
  await exhaust(service);
  const { status, headers, text } = await service.call("GET", "//stories/a", {
    key: null,
    headers: { Accept: "text/html" },
  });
  assert.equal(status, 429);
  assert.match(headers.get("content-type") ?? "", /^text\/html/);
  assert.ok(Number(headers.get("retry-after")) >= 1);
  assert.match(text, /Too many requests/);
});

test("what is read by others at an address stops neither editors nor health checks", async (t) => {
  const service = await limited(t, 0);
  await exhaust(service);
  assert.equal((await read(service)).status, 429);
  await service.publish("a");
  for (const path of ["//health/live", "//health/ready", "//metrics"]) {
    assert.equal((await service.call("GET", path, { key: null })).status, 200, path);
  }
});

test("behind a proxy each address has a limit of its own, and an IPv6 network has one", async (t) => {
  const service = await limited(t, 1);
  const from = (address: string) => ({ "X-Forwarded-For": address });
  await exhaust(service, from("198.51.100.1"));
  assert.equal((await read(service, from("198.51.100.1"))).status, 429);
  assert.equal(
    (await read(service, from("198.51.100.1, 198.51.100.2"))).status,
    200,
    "what the reader wrote is not it",
  );
  await exhaust(service, from("2001:db8:1:2::1"));
  assert.equal((await read(service, from("2001:db8:1:2:ffff::1"))).status, 429);
  assert.equal((await read(service, from("2001:db8:1:3::1"))).status, 200);
});

test("without a proxy in the settings X-Forwarded-For is not believed", async (t) => {
  const service = await limited(t, 0);
  await exhaust(service, { "X-Forwarded-For": "198.51.100.1" });
  assert.equal((await read(service, { "X-Forwarded-For": "198.51.100.2" })).status, 429);
});
