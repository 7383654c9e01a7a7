import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createNewsroom } from "../../client-demo/newsroom/newsroom.ts";
import { type Played, type PlayOptions, playSampleStory } from "../../client-demo/newsroom/play.ts";
import { sampleStory } from "../../client-demo/newsroom/sample-story.ts";
import type { Script, Step } from "../../client-demo/newsroom/script.ts";
import {
  agreeableService,
  problem,
  type RecordedRequest,
  type Reply,
  startRecordingServer,
} from "./recording-server.ts";

async function stage(t: TestContext, answer: (request: RecordedRequest, index: number) => Reply = agreeableService()) {
  const server = await startRecordingServer(answer);
  t.after(() => server.close());
  const client = createNewsroom({ baseUrl: server.url, key: "dl_secret", wait: async () => {} });
  const steps: Played[] = [];
  const play = (options: Partial<PlayOptions> = {}) =>
    playSampleStory({
      client,
      pace: 0,
      signal: new AbortController().signal,
      onStep: (played) => steps.push(played),
      ...options,
    });
  return { play, steps, requests: server.requests };
}

function scriptOf(...steps: Step[]): Script {
  return { story: { slug: "short", headline: "Short", timeZone: "America/Chicago" }, steps };
}

function slugsAskedFor(requests: readonly RecordedRequest[]): unknown[] {
  return requests.filter(({ path }) => path === "/api/v1/stories").map(({ body }) => (body as { slug: string }).slug);
}

test("the sample story is created live and then played step by step to its end", async (t) => {
  const { play, steps, requests } = await stage(t);
  const story = await play();
  assert.equal(story.slug, sampleStory.story.slug);
  assert.deepEqual(requests[0]?.body, { ...sampleStory.story, status: "live" });
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ["create", ...sampleStory.steps.map(({ kind }) => kind)],
  );
  assert.equal(requests.length, steps.length);
  assert.deepEqual(requests.at(-1)?.body, { status: "ended" });
});

test("a slug that is taken or belonged to a removed story gives way to the next number", async (t) => {
  const agreeable = agreeableService();
  const { play, requests } = await stage(t, (request, index) => {
    if (index === 0) return problem(409, "slug_taken");
    if (index === 1) return problem(410, "story_removed");
    return agreeable(request);
  });
  const story = await play({ slug: "eclipse" });
  assert.equal(story.slug, "eclipse-3");
  assert.deepEqual(slugsAskedFor(requests), ["eclipse", "eclipse-2", "eclipse-3"]);
  const keys = requests.slice(0, 3).map(({ headers }) => headers["idempotency-key"]);
  assert.equal(new Set(keys).size, 3);
  assert.ok(requests.slice(3).every(({ path }) => path.startsWith("/api/v1/stories/eclipse-3")));
});

test("after fifty taken slugs the play gives up and says what to do", async (t) => {
  const { play, requests } = await stage(t, () => problem(409, "slug_taken"));
  await assert.rejects(play({ slug: "eclipse" }), /"eclipse" to "eclipse-50" exist already; start with new data/);
  assert.equal(requests.length, 50);
});

test("any other refusal of the story ends the play at once", async (t) => {
  const { play, requests, steps } = await stage(t, () => problem(403, "forbidden"));
  await assert.rejects(play(), /did not create the story/);
  assert.equal(requests.length, 1);
  assert.deepEqual(steps, []);
});

test("names in the script stand for the ids and revisions that the service has given", async (t) => {
  const { play, requests } = await stage(t);
  await play({
    script: scriptOf(
      { kind: "publish", name: "a", waitMs: 0, entry: { markdown: "A" } },
      { kind: "publish", name: "b", waitMs: 0, entry: { markdown: "B" } },
      { kind: "pin", name: "b", waitMs: 0 },
      { kind: "revise", name: "a", waitMs: 0, patch: { markdown: "A2" } },
      { kind: "revise", name: "a", waitMs: 0, patch: { markdown: "A3" } },
      { kind: "unpin", waitMs: 0 },
      { kind: "retract", name: "b", waitMs: 0 },
    ),
  });
  const afterPublishing = requests.slice(3);
  assert.deepEqual(
    afterPublishing.map(({ method, path }) => `${method} ${path.replace("/api/v1/stories/short", "")}`),
    ["PUT /pin", "PATCH /entries/entry-1", "PATCH /entries/entry-1", "DELETE /pin", "DELETE /entries/entry-2"],
  );
  assert.deepEqual(afterPublishing[0]?.body, { entryId: "entry-2" });
  assert.deepEqual(
    afterPublishing.slice(1, 3).map(({ headers }) => headers["if-match"]),
    ['"1"', '"2"'],
  );
});

test("a step that refers to no entry on the page is a fault of the script, not a request", async (t) => {
  const { play, requests } = await stage(t);
  await assert.rejects(play({ script: scriptOf({ kind: "pin", name: "nobody", waitMs: 0 }) }), /"nobody"/);
  assert.equal(requests.length, 1);
});

test("an abort between two steps stops the play before the next one", async (t) => {
  const { play, steps, requests } = await stage(t);
  const stop = new AbortController();
  const onStep = (played: Played) => {
    if (steps.push(played) === 3) stop.abort();
  };
  await assert.rejects(play({ signal: stop.signal, onStep }), { name: "AbortError" });
  assert.equal(steps.length, 3);
  assert.equal(requests.length, 3);
});

test("an abort ends a pause that would otherwise last for hours", async (t) => {
  const { play, requests } = await stage(t);
  const stop = new AbortController();
  const script = scriptOf({ kind: "end", waitMs: 3_600_000 });
  const playing = play({ script, pace: 10, signal: stop.signal, onStep: () => setImmediate(() => stop.abort()) });
  await assert.rejects(playing, { name: "AbortError" });
  assert.equal(requests.length, 1);
});

test("a play that was aborted before it began asks for nothing", async (t) => {
  const { play, requests } = await stage(t);
  await assert.rejects(play({ signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.equal(requests.length, 0);
});
