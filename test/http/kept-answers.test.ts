import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import type { Request } from "express";
import { pino } from "pino";
import type { Feeds } from "../../src/feed/feeds.ts";
import { answerKept, KeptAnswers, type StoryState } from "../../src/http/kept-answers.ts";
import { ReadRate } from "../../src/http/read-rate.ts";
import { RequestLog } from "../../src/http/request-log.ts";
import { refusalsOf } from "../support/refusals.ts";
import { NO_LIMITS, TestService } from "../support/service.ts";

let service: TestService;
let slug = "";
let count = 0;
before(async () => {
  service = await TestService.start();
});
beforeEach(async () => {
  count += 1;
  slug = `story-${count}`;
  await service.createStory({ slug });
});
after(() => service.close());

const PAGES = [() => `//stories/${slug}`, () => `/stories/${slug}`, () => `/stories/${slug}?limit=5`];

function ask(path: string, headers: Record<string, string> = {}, method = "GET") {
  return service.call(method, path, { key: null, headers });
}

async function askTwice(path: string, headers: Record<string, string> = {}) {
  return [await ask(path, headers), await ask(path, headers)] as const;
}

/** All that is not each answer's own. */
function lasting(headers: Headers): Record<string, string> {
  const { date, "x-request-id": id, ...rest } = Object.fromEntries(headers);
  assert.ok(date && id);
  return rest;
}

test("the second answer is the first, in every byte and header but the request's own", async () => {
  await service.publish(slug, { markdown: "Words. ".repeat(500) });
  for (const path of PAGES) {
    for (const encoding of ["identity", "gzip", "br"]) {
      const [first, second] = await askTwice(path(), { "Accept-Encoding": encoding });
      assert.equal(second.status, 200);
      assert.equal(second.text, first.text);
      assert.deepEqual(lasting(second.headers), lasting(first.headers));
      assert.notEqual(second.headers.get("x-request-id"), first.headers.get("x-request-id"));
    }
  }
});

test("[S6] what was withdrawn, revised or taken down is in no kept answer", async () => {
  const { id } = await service.publish(slug, { markdown: "Withdrawn." });
  for (const path of PAGES) assert.match((await askTwice(path()))[1].text, /Withdrawn/);
  await service.call("DELETE", `/stories/${slug}/entries/${id}`);
  for (const path of PAGES) assert.doesNotMatch((await ask(path())).text, /Withdrawn/);
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "draft" } });
  for (const path of PAGES) assert.equal((await ask(path())).status, 404);
  await service.call("DELETE", `/stories/${slug}`);
  for (const path of PAGES) assert.equal((await ask(path())).status, 410);
});

test("[R5] each site is answered by what the story allows it, also when that changes", async () => {
  const path = `/stories/${slug}`;
  const allowed = async (origin: string) =>
    (await askTwice(path, { Origin: origin })).map(({ headers }) => headers.get("access-control-allow-origin"));
  assert.deepEqual(await allowed("https://a.example"), ["*", "*"]);
  await service.call("PATCH", path, { body: { allowedOrigins: ["https://a.example"] } });
  assert.deepEqual(await allowed("https://a.example"), ["https://a.example", "https://a.example"]);
  assert.deepEqual(await allowed("https://b.example"), [null, null]);
});

test("who holds a key, or the answer already, is not given a kept one", async () => {
  const path = `/stories/${slug}`;
  const [first] = await askTwice(path);
  const editor = await service.call("GET", path);
  assert.equal(editor.headers.get("cache-control"), "private, no-store");
  const same = await ask(path, { "If-None-Match": first.headers.get("etag") ?? "" });
  assert.equal(same.status, 304);
  const head = await fetch(`${service.url}/api/v1${path}`, { method: "HEAD" });
  assert.equal(await head.text(), "");
});

test("kept answers count against the limit of an address, and are refused beyond it", async (t) => {
  const readsPerMinute = { each: 5, thisMachine: 5 };
  const limited = await TestService.start({ limits: { ...NO_LIMITS, readsPerMinute } });
  t.after(() => limited.close());
  await limited.createStory();
  const statuses = [];
  for (let n = 0; n < 7; n += 1) statuses.push((await limited.call("GET", "/stories/story", { key: null })).status);
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429]);
  assert.deepEqual(await refusalsOf(limited), { read_rate: 2 });
});

test("what was answered once is answered without the routes; for other questions they are asked", async (t) => {
  const story = { timeline: {}, access: {} } as StoryState;
  const kept = new KeptAnswers();
  let asked = 0;
  const lines: { requestId: string; path: string; status: number }[] = [];
  const logger = pino({ level: "debug" }, { write: (line) => void lines.push(JSON.parse(line)) });
  const readRate = new ReadRate({
    ...{ perMinute: NO_LIMITS.readsPerMinute, addressOf: () => "::1", onRefused: () => {} },
  });
  const feeds = { peek: (name: string) => (name === "story" ? story : null) } as unknown as Feeds;
  const seen: string[] = [];
  const log = new RequestLog(logger, (kind, status) => seen.push(`${kind} ${status}`));
  const listener = answerKept({ kept, feeds, readRate, log }, (request, response) => {
    asked += 1;
    const bytes = Buffer.from(`answer ${asked}`);
    response.writeHead(200, { "X-Request-Id": "first", "Content-Length": bytes.length }).end(bytes);
    kept.keep(Object.assign(request, { originalUrl: request.url }) as Request, response, story, bytes);
  });
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return [await answer.text(), answer.headers.get("x-request-id")];
  };
  await get("/stories/story");
  assert.deepEqual(await get("/stories/story", { "X-Request-Id": "mine" }), ["answer 1", "mine"]);
  assert.deepEqual(seen, ["page 200"]);
  const [line] = lines;
  assert.deepEqual([line?.requestId, line?.path, line?.status], ["mine", "/stories/story", 200]);
  assert.equal((await get("/stories/story", { Authorization: "Bearer key" }))[0], "answer 2");
  assert.equal((await get("/stories/story?entry=1"))[0], "answer 3");
  assert.equal((await get("/stories/other"))[0], "answer 4");
  for (let n = 0; n < 200; n += 1) await get(`/stories/story?form=${n}`);
  assert.equal((await get("/stories/story?form=199"))[0], `answer ${asked}`, "no more are kept than are of use");
  assert.equal((await get("/stories/story?form=1"))[0], "answer 6");
});
