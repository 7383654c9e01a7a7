import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TestService } from "../support/service.ts";

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
