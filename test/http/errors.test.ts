import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { ADMIN_KEY, type Answer, type Call, TestService } from "../support/service.ts";

let service: TestService;
let entryPath: string;
before(async () => {
  service = await TestService.start();
  await service.createStory();
  entryPath = `/stories/story/entries/${(await service.publish("story")).id}`;
});
after(() => service.close());

/** Every refusal says what it is in the one form, and changes nothing. */
async function refused(status: number, code: string, method: string, path: string, call?: Call): Promise<Answer> {
  const seqBefore = (await service.snapshot("story")).seq;
  const answer = await service.call(method, path, call);
  assert.equal(answer.body.code, code, `${method} ${path}: ${JSON.stringify(answer.body)}`);
  assert.equal(answer.status, status);
  assert.equal(answer.headers.get("content-type"), "application/problem+json; charset=utf-8");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const { type, title, detail } = answer.body;
  assert.ok(type && title && detail);
  assert.ok(!/node_modules|dist\/|\bat .+:\d+|sqlite|zod/i.test(JSON.stringify(answer.body)), "nothing of the inside");
  assert.equal((await service.snapshot("story")).seq, seqBefore, "nothing is stored");
  return answer;
}

const entries = "/stories/story/entries";
const draft = { slug: "new", headline: "New", timeZone: "UTC" };

test("a body that is not JSON is malformed_json", async () => {
  for (const body of ["{", "", '{"markdown":"x"', "\u0000", '{"markdown": "x",}']) {
    await refused(400, "malformed_json", "POST", entries, { body, headers: { "Content-Type": "application/json" } });
  }
  const latin1 = new Uint8Array([0x22, 0xe9, 0x22]);
  const response = await fetch(`${service.url}/api/v1${entries}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" },
    body: latin1,
  });
  assert.equal(((await response.json()) as { code: string }).code, "malformed_json");
});

test("a body of another type is unsupported_media_type", async () => {
  const body = JSON.stringify({ markdown: "x" });
  const types = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/jsonx",
    "application/json; charset=latin1",
  ];
  for (const type of types) {
    await refused(415, "unsupported_media_type", "POST", entries, { body, headers: { "Content-Type": type } });
  }
  const gzip = { "Content-Encoding": "gzip" };
  await refused(415, "unsupported_media_type", "POST", entries, { body, headers: gzip });
});

test("unknown fields, wrong types and values out of bounds are validation_failed, each named", async () => {
  const bad: [unknown, string][] = [
    [{ markdown: "x", headlin: "typo" }, "headlin"],
    [{ markdown: 1 }, "markdown"],
    [{}, "markdown"],
    [{ markdown: " \n " }, "markdown"],
    [{ markdown: "[only]: https://a.example" }, "markdown"],
    [{ markdown: "x".repeat(20_001) }, "markdown"],
    [{ markdown: "x", label: "x".repeat(41) }, "label"],
    [{ markdown: "x", headline: "x".repeat(301) }, "headline"],
    [{ markdown: "x", importance: "huge" }, "importance"],
    [{ markdown: "x", attributions: [{ source: "AP", url: "javascript:alert(1)" }] }, "attributions[0].url"],
    [{ markdown: "x", attributions: [{ source: "AP", url: "/relative" }] }, "attributions[0].url"],
    [{ markdown: "x", media: [{ url: "https://a.example/x.png", alt: "", width: 0, height: 1 }] }, "media[0].width"],
    [{ markdown: "x", publishedAt: "2999-01-01T00:00:00Z" }, "publishedAt"],
    [{ markdown: "x", publishedAt: "yesterday" }, "publishedAt"],
    [{ markdown: "x", language: "english please" }, "language"],
    [JSON.parse('{"markdown":"x","__proto__":{"admin":true}}'), "__proto__"],
    [[], ""],
    ["text", ""],
    [null, ""],
  ];
  for (const [body, path] of bad) {
    const text = JSON.stringify(body);
    const headers = { "Content-Type": "application/json" };
    const answer = await refused(422, "validation_failed", "POST", entries, { body: text, headers });
    assert.ok(
      answer.body.errors.some((error) => error.path === path),
      `${text.slice(0, 80)}: ${JSON.stringify(answer.body.errors)}`,
    );
  }
});

test("limits hold on both sides", async () => {
  const atLimit = { markdown: "x".repeat(20_000), label: "L".repeat(40), headline: "H".repeat(300) };
  assert.equal((await service.call("POST", entries, { body: atLimit })).status, 201);
  const slug = "s".repeat(100);
  assert.equal((await service.call("POST", "/stories", { body: { ...draft, slug } })).status, 201);
  await refused(422, "validation_failed", "POST", "/stories", { body: { ...draft, slug: `${slug}s` } });
});

test("slugs, time zones, languages and origins of a story are checked", async () => {
  const bad: object[] = [
    ...["", "Upper", "a--b", "-a", "a-", "a_b", "a b", "ä", "a/b", ".."].map((slug) => ({ slug })),
    ...["Chicago", "+05:00", ""].map((timeZone) => ({ timeZone })),
    { language: "xx-toolonglanguagetag" },
    { allowedOrigins: ["https://a.example/"] },
    { allowedOrigins: ["*"] },
    { status: "open" },
    { topics: [{ slug: "Bad Slug", name: "x" }] },
    { coverageStart: "soon" },
    { background: { markdown: "x".repeat(100_001) } },
  ];
  for (const fields of bad) {
    await refused(422, "validation_failed", "POST", "/stories", { body: { ...draft, ...fields } });
  }
  await refused(404, "not_found", "GET", "/stories/new", { key: null });
});

test("bad limits, cursors, positions and statuses in a query are validation_failed", async () => {
  const paths = [
    ...["limit=0", "limit=201", "limit=x", "limit=1.5", "limit=1&limit=2", "before=x", "before=", "limt=5"],
  ].map((query) => `/stories/story?${query}`);
  const changes = ["", "?after=", "?after=x", "?after=a.0.b", "?after=a.1"].map(
    (query) => `/stories/story/changes${query}`,
  );
  const lists = ["status=open", "topic=Bad!", "cursor=x", "limit=500"].map((query) => `/stories?${query}`);
  for (const path of [...paths, ...changes, ...lists, "/stories/story/stream?after=x"]) {
    await refused(422, "validation_failed", "GET", path, { key: null });
  }
});

test("what is not there is not_found", async () => {
  const unknownId = "0190b4a0-0000-7000-8000-000000000000";
  for (const path of [
    "/stories/nothing",
    "/stories/Bad_Slug",
    `/stories/story/entries/${unknownId}`,
    "/nothing",
    "/",
  ]) {
    await refused(404, "not_found", "GET", path, { key: null });
  }
  await refused(404, "not_found", "GET", "/stories/story/entries/not-an-id");
  await refused(404, "not_found", "POST", "/stories/nothing/entries", { body: { markdown: "x" } });
  await refused(404, "not_found", "PATCH", `/stories/story/entries/${unknownId}`, { body: { markdown: "x" } });
  await refused(404, "not_found", "PUT", "/stories/story/pin", { body: { entryId: unknownId } });
  await refused(404, "not_found", "DELETE", `${entryPath}/revisions/9`);
  await refused(404, "not_found", "GET", "/stories/%zz", { key: null });
});

test("a write without a key is unauthenticated, and so is anything with a wrong one", async () => {
  const answer = await refused(401, "unauthenticated", "POST", entries, { body: { markdown: "x" }, key: null });
  assert.equal(answer.headers.get("www-authenticate"), "Bearer");
  await refused(401, "unauthenticated", "POST", entries, { body: { markdown: "x" }, key: "dl_wrong" });
  await refused(401, "unauthenticated", "GET", "/stories/story", { key: "dl_wrong" });
  const basic = { Authorization: "Basic eDp5" };
  await refused(401, "unauthenticated", "GET", "/stories/story", { key: null, headers: basic });
});

test("a refusal that is told as a page has the same headers", async () => {
  const headers = { Accept: "text/html" };
  const answer = await service.call("GET", "//stories/story/feed.json", { key: "dl_wrong", headers });
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [401, "text/html; charset=utf-8"]);
  assert.equal(answer.headers.get("www-authenticate"), "Bearer");
  assert.equal(answer.headers.get("cache-control"), "no-store");
});

test("a body over 1 MiB is payload_too_large, and is not read to its end", async () => {
  const body = JSON.stringify({ markdown: "x".repeat(1024 * 1024) });
  await refused(413, "payload_too_large", "POST", entries, { body });
  assert.match(await answerBeforeBody("Content-Length: 99999999"), /^HTTP\/1\.1 413 .*payload_too_large/s);
  assert.match(await answerToEndlessBody(), /^HTTP\/1\.1 413 .*payload_too_large/s);
});

const head = (framing: string) =>
  `POST /api/v1${entries} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_KEY}\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`;

/** Sends the head alone: the answer must not wait for the body. */
function answerBeforeBody(framing: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(new URL(service.url).port), "127.0.0.1", () => socket.write(head(framing)));
    socket.on("data", (chunk) => {
      text += String(chunk);
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

/** Sends chunks until the other side has had enough. */
function answerToEndlessBody(): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(Number(new URL(service.url).port), "127.0.0.1", () => {
      socket.write(head("Transfer-Encoding: chunked"));
      sendMore();
    });
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const sendMore = () => {
      while (!socket.destroyed && text === "" && socket.write(chunk));
    };
    socket.on("drain", sendMore);
    socket.on("data", (data) => {
      text += String(data);
    });
    // A reset because of unread data may follow the answer; what counts is the answer.
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });
}
