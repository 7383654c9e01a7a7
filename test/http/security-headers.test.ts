import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DOCUMENT } from "../support/described.ts";
import { NO_LIMITS, TestService } from "../support/service.ts";

const SITE = "https://live.example.com";
let service: TestService;
before(async () => {
  service = await TestService.start({ publicUrl: SITE });
  await service.createStory();
});
after(() => service.close());

const PAGES = ["/", "/stories/story", "/stories/nowhere", "/topics/nowhere", "/nowhere"];
const OTHERS = [
  "/api/v1/stories",
  "/api/v1/nowhere",
  "/stories/story/feed.atom",
  "/health/live",
  "/metrics",
  "/assets/x",
];

const headersOf = async (path: string) =>
  (await service.call("GET", `/${path}`, { key: null, headers: { Accept: "text/html" } })).headers;

test("every page says what it is made of, and that nobody may frame it", async () => {
  for (const path of PAGES) {
    const policy = (await headersOf(path)).get("content-security-policy")?.split("; ") ?? [];
    for (const rule of [
      ...["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"],
      ...["connect-src 'self' wss://live.example.com", "require-trusted-types-for 'script'", "trusted-types dateline"],
    ]) {
      assert.ok(policy.includes(rule), `${path}: ${rule}`);
    }
    assert.ok(!policy.join().includes("unsafe"));
  }
});

test("no answer is guessed at, tells other sites an address, or is had without TLS once it was had with it", async () => {
  for (const path of [...PAGES, ...OTHERS]) {
    const headers = await headersOf(path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("referrer-policy"), "strict-origin-when-cross-origin", path);
    assert.equal(headers.get("strict-transport-security"), "max-age=31536000", path);
    assert.equal(headers.get("x-powered-by"), null, path);
  }
});

test("a service without TLS does not ask for it", async () => {
  const plain = await TestService.start();
  const { headers } = await plain.call("GET", "//", { key: null });
  assert.equal(headers.get("strict-transport-security"), null);
  assert.ok(headers.get("content-security-policy")?.includes(`connect-src 'self' ${plain.url.replace("http", "ws")}`));
  await plain.close();
});

/** Every address that can be read, of things that are not there, and asked for what makes no sense. */
const NOWHERE = Object.entries(DOCUMENT.paths).flatMap(([template, item]) =>
  "get" in item ? [`${template.replace(/\{\w+\}/g, "nowhere")}?url=x&limit=x&before=x&entry=x&after=x`] : [],
);

test("an error is as well secured as what was asked for, on every route and before there is one", async (t) => {
  // Each answer of a call is looked at in `assertDescribed`.
  const readsPerMinute = { each: 1, thisMachine: 1 };
  const busy = await TestService.start({ limits: { ...NO_LIMITS, readsPerMinute } });
  t.after(() => busy.close());
  await busy.call("GET", "//", { key: null });
  const statuses: Record<number, number> = {};
  for (const Accept of ["text/html", "application/json"]) {
    for (const path of [...NOWHERE, "/assets/nowhere.js", "/embed/v1/nowhere.js", "/stories/%ff", "/nowhere"]) {
      for (const method of ["GET", "HEAD"]) {
        for (const one of [service, busy]) {
          const { status } = await one.call(method, `/${path}`, { key: null, headers: { Accept } });
          statuses[status] = (statuses[status] ?? 0) + 1;
        }
      }
    }
    for (const path of ["/stories", "/stories/story/entries"]) {
      const { status } = await service.call("POST", path, { key: null, headers: { Accept }, body: {} });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }
  for (const status of [401, 404, 422, 429]) assert.ok((statuses[status] ?? 0) > 0, JSON.stringify(statuses));
  assert.ok((statuses[429] ?? 0) > NOWHERE.length, JSON.stringify(statuses));
});
