import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createNewsroom } from "../../client-demo/newsroom/newsroom.ts";
import { NewsroomError } from "../../client-demo/newsroom/problem.ts";
import {
  agreeableService,
  problem,
  type RecordedRequest,
  type Reply,
  startRecordingServer,
} from "./recording-server.ts";

const entry = { id: "entry-1", revision: 3, url: "http://localhost/stories/s?entry=entry-1" };

async function newsroomAgainst(t: TestContext, answer: (request: RecordedRequest, index: number) => Reply) {
  const server = await startRecordingServer(answer);
  t.after(() => server.close());
  const pauses: number[] = [];
  let keys = 0;
  const newsroom = createNewsroom({
    baseUrl: server.url,
    key: "dl_secret",
    wait: async (ms) => {
      pauses.push(ms);
    },
    newIdempotencyKey: () => {
      keys += 1;
      return `key-${keys}`;
    },
  });
  return { newsroom, pauses, requests: server.requests };
}

async function errorOf(call: Promise<unknown>): Promise<NewsroomError> {
  const error = await call.then(
    () => assert.fail("the call should have been refused"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof NewsroomError);
  return error;
}

test("every call goes to its address in the contract, with the key and what it has to say", async (t) => {
  const { newsroom, requests } = await newsroomAgainst(t, agreeableService());
  await newsroom.createStory({ slug: "s", headline: "S", timeZone: "America/Chicago" });
  await newsroom.patchStory("s", { status: "ended" });
  await newsroom.publish("s", { markdown: "Text" });
  await newsroom.revise("s", entry, { correction: "Note" });
  await newsroom.retract("s", entry.id);
  await newsroom.pin("s", entry.id);
  await newsroom.unpin("s");

  assert.deepEqual(
    requests.map(({ method, path, body }) => [`${method} ${path}`, body]),
    [
      ["POST /api/v1/stories", { slug: "s", headline: "S", timeZone: "America/Chicago" }],
      ["PATCH /api/v1/stories/s", { status: "ended" }],
      ["POST /api/v1/stories/s/entries", { markdown: "Text" }],
      ["PATCH /api/v1/stories/s/entries/entry-1", { correction: "Note" }],
      ["DELETE /api/v1/stories/s/entries/entry-1", null],
      ["PUT /api/v1/stories/s/pin", { entryId: "entry-1" }],
      ["DELETE /api/v1/stories/s/pin", null],
    ],
  );
  assert.ok(requests.every(({ headers }) => headers.authorization === "Bearer dl_secret"));
  assert.deepEqual(
    requests.map(({ headers }) => headers["idempotency-key"]),
    ["key-1", undefined, "key-2", undefined, undefined, undefined, undefined],
  );
});

test("a revision says which revision it was made from", async (t) => {
  const { newsroom, requests } = await newsroomAgainst(t, agreeableService());
  await newsroom.revise("s", entry, { markdown: "Better" });
  assert.equal(requests[0]?.headers["if-match"], '"3"');
});

test("a 503 is repeated with the same Idempotency-Key after the pause that the service asks for", async (t) => {
  const agreeable = agreeableService();
  const { newsroom, requests, pauses } = await newsroomAgainst(t, (request, index) =>
    index === 0 ? { ...problem(503, "store_unavailable"), headers: { "Retry-After": "7" } } : agreeable(request),
  );
  const published = await newsroom.publish("s", { markdown: "Text" });
  assert.equal(published.id, "entry-1");
  assert.deepEqual(pauses, [7000]);
  assert.deepEqual(
    requests.map(({ headers, body }) => [headers["idempotency-key"], body]),
    [
      ["key-1", { markdown: "Text" }],
      ["key-1", { markdown: "Text" }],
    ],
  );
});

test("a connection that breaks before the answer is repeated with the same Idempotency-Key", async (t) => {
  const agreeable = agreeableService();
  const { newsroom, requests } = await newsroomAgainst(t, (request, index) =>
    index < 2 ? "hang up" : agreeable(request),
  );
  await newsroom.publish("s", { markdown: "Text" });
  assert.deepEqual(
    requests.map(({ headers }) => headers["idempotency-key"]),
    ["key-1", "key-1", "key-1"],
  );
});

test("two entries never share an Idempotency-Key", async (t) => {
  const { newsroom, requests } = await newsroomAgainst(t, agreeableService());
  await newsroom.publish("s", { markdown: "One" });
  await newsroom.publish("s", { markdown: "Two" });
  assert.notEqual(requests[0]?.headers["idempotency-key"], requests[1]?.headers["idempotency-key"]);
});

test("a service that stays unavailable is asked five times, with growing pauses", async (t) => {
  const { newsroom, requests, pauses } = await newsroomAgainst(t, () => problem(429, "rate_limited"));
  const error = await errorOf(newsroom.publish("s", { markdown: "Text" }));
  assert.equal(error.code, "rate_limited");
  assert.equal(requests.length, 5);
  assert.deepEqual(pauses, [250, 500, 1000, 2000]);
});

test("a service that wants to be left alone for longer than a minute is not asked again", async (t) => {
  const { newsroom, requests } = await newsroomAgainst(t, () => ({
    ...problem(503, "store_unavailable"),
    headers: { "Retry-After": "61" },
  }));
  const error = await errorOf(newsroom.publish("s", { markdown: "Text" }));
  assert.equal(error.status, 503);
  assert.equal(requests.length, 1);
});

test("a refusal is not repeated, and its message is one for people", async (t) => {
  const { newsroom, requests } = await newsroomAgainst(t, () =>
    problem(422, "validation_failed", {
      title: "The request is not valid",
      detail: "One field needs another look.",
      errors: [{ path: "markdown", message: "must not be blank" }],
    }),
  );
  const error = await errorOf(newsroom.publish("s", { markdown: " " }));
  assert.equal(requests.length, 1);
  assert.equal(
    error.message,
    "The service did not publish the entry. The request is not valid. One field needs another look.\n" +
      "  markdown: must not be blank",
  );
  assert.deepEqual(error.errors, [{ path: "markdown", message: "must not be blank" }]);
});

test("an answer that is no problem document is still told in a sentence", async (t) => {
  const { newsroom } = await newsroomAgainst(t, () => ({ status: 502, body: "<h1>Bad Gateway</h1>" }));
  const error = await errorOf(newsroom.unpin("s"));
  assert.equal(error.message, "The service did not unpin the entry. HTTP 502.");
  assert.equal(error.code, null);
});

test("a service that cannot be reached is named, with the reason", async () => {
  const server = await startRecordingServer(() => "hang up");
  await server.close();
  const newsroom = createNewsroom({ baseUrl: server.url, key: "dl_secret", wait: async () => {} });
  const error = await errorOf(newsroom.publish("s", { markdown: "Text" }));
  assert.match(error.message, /^Could not publish the entry: no usable answer from http:\S+ \(.*ECONNREFUSED.*\)\.$/);
});

test("an abort ends a call that is waiting for its answer, without a repeat", async (t) => {
  const stop = new AbortController();
  const { newsroom, requests } = await newsroomAgainst(t, () => {
    stop.abort(new Error("stopped by the editor"));
    return "keep waiting";
  });
  await assert.rejects(newsroom.publish("s", { markdown: "Text" }, stop.signal), /stopped by the editor/);
  assert.equal(requests.length, 1);
});
