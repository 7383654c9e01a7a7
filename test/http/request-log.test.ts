import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { after, before, beforeEach, test } from "node:test";
import { createLogger } from "../../src/logger.ts";
import { eventually } from "../support/eventually.ts";
import { ADMIN_KEY, type Call, TestService } from "../support/service.ts";

type Line = {
  level: number;
  msg: string;
  requestId?: string;
  path?: string;
  status?: number;
  code?: string;
  err?: object;
};

let service: TestService;
let log: PassThrough;
let text = "";
const REDIS = { url: "redis://dateline:s%2Fecret-of-redis@127.0.0.1:1/0", prefix: "", minReplicas: 0 };

before(async () => {
  log = new PassThrough();
  log.on("data", (chunk) => {
    text += String(chunk);
  });
  const settings = { logLevel: "trace", production: true, adminKey: ADMIN_KEY, redis: REDIS, terminal: true };
  service = await TestService.start({}, createLogger({ ...settings, destination: log }));
  await service.createStory();
});
beforeEach(() => {
  text = "";
});
after(() => service.close());

/** The lines that a call has left, once the one is there that ends it. */
async function linesOf(method: string, path: string, call: Call = {}): Promise<{ lines: Line[]; id: string | null }> {
  const answer = await service.call(method, path, call);
  const id = answer.headers.get("x-request-id");
  const all = await eventually(
    async () => text.split("\n").filter(Boolean),
    (found) => found.some((line) => line.includes(String(id)) && line.includes('"msg":"request"')),
  );
  return { id, lines: all.map((line) => JSON.parse(line) as Line).filter(({ requestId }) => requestId !== undefined) };
}

test("a request's id comes back and is on every line of the request; a good one of the caller is kept", async () => {
  const own = await linesOf("POST", "/stories/story/entries", { body: { markdown: "x" } });
  assert.match(own.id ?? "", /^[0-9a-f-]{36}$/);
  assert.deepEqual(new Set(own.lines.map(({ requestId }) => requestId)), new Set([own.id]));
  const sent = await linesOf("GET", "/stories/story", { headers: { "X-Request-Id": "edge:42.a_b-C" } });
  assert.equal(sent.id, "edge:42.a_b-C");
  for (const bad of ["two words", "x".repeat(101), "{}"]) {
    assert.notEqual((await linesOf("GET", "/stories/story", { headers: { "X-Request-Id": bad } })).id, bad);
  }
});

test("a request leaves one line, which says why it was refused", async () => {
  const { lines } = await linesOf("POST", "/stories/story/entries", { body: { markdown: "" } });
  const told = lines.map(({ msg, status, code, err }) => ({ msg, status, code, err }));
  assert.deepEqual(told, [{ msg: "request", status: 422, code: "validation_failed", err: undefined }]);
});

test("no line carries a key, wherever somebody has put it", async () => {
  const made = "dl_0123456789abcdefghijklmnopqrstuv";
  await linesOf("GET", `/stories/${made}`, { key: null });
  await linesOf("GET", `/stories/story?key=${made}`, { key: null });
  await linesOf("GET", "/stories/story", { key: made });
  await linesOf("POST", `/stories/${ADMIN_KEY}/entries`, { body: { markdown: made } });
  assert.ok(!text.includes(made) && !text.includes(ADMIN_KEY), text);
  assert.ok(text.includes("[redacted]"));
});

test("passwords and keys are taken out of errors too", () => {
  const destination = new PassThrough();
  const settings = {
    logLevel: "info",
    production: true,
    adminKey: 'with "quotes" and more',
    redis: REDIS,
    terminal: false,
  };
  const logger = createLogger({ ...settings, destination });
  const err = Object.assign(new Error("AUTH s/ecret-of-redis failed"), { command: { args: ["s%2Fecret-of-redis"] } });
  logger.error({ err, key: 'with "quotes" and more' }, "feed in trouble");
  const line = String(destination.read());
  assert.ok(!/ecret-of-redis|quotes/.test(line), line);
  assert.equal((JSON.parse(line) as Line).msg, "feed in trouble");
});

test("lines are JSON in production and wherever nobody looks on, and readable at a terminal", async () => {
  const written = async (production: boolean, terminal: boolean) => {
    const destination = new PassThrough();
    createLogger({ logLevel: "info", adminKey: null, redis: null, production, terminal, destination }).info("hello");
    const [chunk] = await destination.take(1).toArray();
    return String(chunk);
  };
  for (const [production, terminal] of [
    [true, true],
    [true, false],
    [false, false],
  ] as const) {
    assert.equal((JSON.parse(await written(production, terminal)) as Line).msg, "hello");
  }
  assert.match(await written(false, true), /^\S*\[?\d\d:\d\d:\d\d.*INFO.*hello/);
});

test("at a terminal a request is one line, which begins with what it was", async () => {
  const destination = new PassThrough();
  const options = { logLevel: "info", adminKey: null, redis: null, production: false, terminal: true, destination };
  const fields = {
    requestId: "an-id",
    method: "POST",
    path: "/api/v1/stories",
    status: 401,
    ms: 1.5,
    code: "forbidden",
  };
  createLogger(options).info(fields, "request");
  const [chunk] = await destination.take(1).toArray();
  const [line, ...more] = String(chunk).split("\n").filter(Boolean);
  assert.deepEqual(more, []);
  assert.match(line ?? "", /request: POST \/api\/v1\/stories 401 in 1\.5 ms.*"requestId":"an-id","code":"forbidden"/);
});
