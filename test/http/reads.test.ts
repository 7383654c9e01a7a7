import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TestService } from "../support/service.ts";

let service: TestService;
before(async () => {
  service = await TestService.start();
  await service.createStory();
  for (let entry = 0; entry < 7; entry += 1) await service.publish("story");
  await service.createStory({ slug: "limited", allowedOrigins: ["https://partner.example"] });
});
after(() => service.close());

const anonymous = { key: null };

test("a snapshot pages through the whole timeline, newest first, without repeating an entry", async () => {
  const seen: string[] = [];
  let before = "";
  for (let page = 0; page < 4; page += 1) {
    const { body } = await service.call("GET", `/stories/story?limit=2${before}`, anonymous);
    assert.equal(body.total, 7);
    seen.push(...body.entries.map(({ id }) => id));
    before = `&before=${body.older}`;
    assert.equal(body.older === null, page === 3);
  }
  assert.deepEqual(
    seen,
    (await service.snapshot("story")).entries.map(({ id }) => id),
  );
  assert.equal(new Set(seen).size, 7);
});

test("a reader that holds the present state is answered 304", async () => {
  const { headers, body } = await service.call("GET", "/stories/story", anonymous);
  const etag = headers.get("etag") ?? "";
  assert.equal(etag, `"${body.position}"`);
  const again = await service.call("GET", "/stories/story", { ...anonymous, headers: { "If-None-Match": etag } });
  assert.deepEqual([again.status, again.text], [304, ""]);
  const other = await service.call("GET", "/stories/story", { ...anonymous, headers: { "If-None-Match": '"x"' } });
  assert.equal(other.status, 200);
});

test("[S4] catching up yields what was touched since, once, in its latest form", async () => {
  await service.createStory({ slug: "caught-up" });
  const [kept, gone] = [await service.publish("caught-up"), await service.publish("caught-up")];
  const { position, seq } = await service.snapshot("caught-up");
  for (const markdown of ["Second", "Third"]) {
    await service.call("PATCH", `/stories/caught-up/entries/${kept.id}`, { body: { markdown } });
  }
  await service.call("PATCH", `/stories/caught-up/entries/${gone.id}`, { body: { markdown: "Withdrawn" } });
  await service.call("DELETE", `/stories/caught-up/entries/${gone.id}`);
  const { body, text } = await service.call("GET", `/stories/caught-up/changes?after=${position}`, anonymous);
  assert.deepEqual([body.mode, body.from, body.to], ["changes", seq, seq + 4]);
  assert.deepEqual(
    body.changes.map(({ kind, seq: at }) => [kind, at]),
    [
      ["entry", seq + 2],
      ["retraction", seq + 4],
    ],
  );
  assert.ok(!text.includes("Second") && !text.includes("Withdrawn"));
  const nothing = await service.call("GET", `/stories/caught-up/changes?after=${body.position}`, anonymous);
  assert.deepEqual([nothing.body.mode, nothing.body.changes], ["changes", []]);
});

test("[S4] a position that cannot be resumed is answered with a snapshot", async () => {
  const [epoch, seq, tag] = (await service.snapshot("story")).position.split(".");
  for (const position of [`other.${seq}.${tag}`, `${epoch}.${Number(seq) + 1}.${tag}`, `${epoch}.${seq}.other`]) {
    const { body } = await service.call("GET", `/stories/story/changes?after=${position}`, anonymous);
    assert.deepEqual([body.mode, body.snapshot.entries.length], ["snapshot", 7], position);
  }
});

test("anonymous reads may be cached for a second, reads with a key not at all", async () => {
  const cacheOf = async (path: string, key?: null) => {
    const { headers } = await service.call("GET", path, key === null ? { key } : {});
    assert.match(headers.get("vary") ?? "", /Authorization, Origin/);
    return headers.get("cache-control");
  };
  const { position } = await service.snapshot("story");
  assert.equal(await cacheOf("/stories/story", null), "public, max-age=1, stale-while-revalidate=9");
  assert.equal(await cacheOf(`/stories/story/changes?after=${position}`, null), "public, max-age=1");
  for (const path of ["/stories", "/stories/story", `/stories/story/changes?after=${position}`]) {
    assert.equal(await cacheOf(path), "private, no-store");
  }
});

test("[R5] a story with allowed origins answers pages of those alone, and writes carry no CORS headers", async () => {
  const corsOf = async (method: string, path: string, origin: string) => {
    const { headers } = await service.call(method, path, { ...anonymous, headers: { Origin: origin } });
    return headers.get("access-control-allow-origin");
  };
  assert.equal(await corsOf("GET", "/stories/story", "https://any.example"), "*");
  assert.equal(await corsOf("GET", "/stories/limited", "https://partner.example"), "https://partner.example");
  assert.equal(await corsOf("GET", "/stories/limited", "https://other.example"), null);
  assert.equal(await corsOf("POST", "/stories/story/entries", "https://any.example"), null);
  const { headers } = await service.call("GET", "/stories/story", anonymous);
  assert.equal(headers.get("access-control-expose-headers"), "ETag, Retry-After");
  const preflight = await service.call("OPTIONS", "/stories/story/entries", anonymous);
  assert.equal(preflight.headers.get("access-control-allow-methods"), "GET, HEAD");
});

test("health says whether deliveries are proven", async () => {
  for (const path of ["live", "ready", "serving"]) {
    assert.equal((await service.call("GET", `//health/${path}`, anonymous)).status, 200, path);
  }
  const { headers, body } = await service.call("GET", "//health", anonymous);
  assert.match(headers.get("content-type") ?? "", /^application\/health\+json/);
  assert.equal(body.status, "pass");
});

test("what many ask for is compressed as the reader can take it, and says the same", async () => {
  for (let entry = 0; entry < 5; entry += 1)
    await service.publish("story", { markdown: "The same words. ".repeat(40) });
  for (const path of ["/stories/story", "//stories/story", "//stories/story/feed.json", "//stories/story/feed.atom"]) {
    const answers = new Map<string | null, string>();
    for (const encoding of ["identity", "gzip", "br", "zstd"]) {
      const headers = { "Accept-Encoding": encoding };
      const answer = await service.call("GET", path, { ...anonymous, headers });
      assert.match(answer.headers.get("vary") ?? "", /Accept-Encoding/);
      answers.set(answer.headers.get("content-encoding"), answer.text);
    }
    assert.deepEqual([...answers.keys()], [null, "gzip", "br"], path);
    assert.equal(new Set(answers.values()).size, 1, path);
  }
});
