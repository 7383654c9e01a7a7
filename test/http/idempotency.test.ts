import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TestService } from "../support/service.ts";

let service: TestService;
before(async () => {
  service = await TestService.start();
  for (const slug of ["a", "ab", "ended"]) await service.createStory({ slug });
});
after(() => service.close());

function publish(slug: string, key: string, body: object = { markdown: "Once" }) {
  return service.call("POST", `/stories/${slug}/entries`, { body, headers: { "Idempotency-Key": key } });
}

test("[S5] fifty parallel repeats publish one entry, and all are answered with it", async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => publish("a", "parallel")));
  assert.ok(answers.every(({ status }) => status === 201));
  assert.equal(new Set(answers.map(({ body }) => body.entry.id)).size, 1);
  assert.equal(new Set(answers.map(({ body }) => body.position)).size, 1);
  assert.equal(answers.filter(({ headers }) => headers.get("idempotent-replay") === "true").length, 49);
  assert.equal((await service.snapshot("a")).total, 1);
});

test("[S5] a repeat says the same in another layout; another body under the same key is a conflict", async () => {
  const first = await publish("a", "layout", { markdown: "x", label: "NOTE" });
  const repeat = await publish("a", "layout", { label: "NOTE", markdown: "x" });
  assert.equal(repeat.body.entry.id, first.body.entry.id);
  const conflict = await publish("a", "layout", { markdown: "y" });
  assert.deepEqual([conflict.status, conflict.body.code], [409, "idempotency_conflict"]);
});

test("[S5] a used key is looked at before the body: another one is a conflict, also where it would not be valid", async () => {
  await publish("a", "before-validation");
  assert.equal((await publish("a", "before-validation", { markdown: "" })).body.code, "idempotency_conflict");
  assert.equal((await publish("a", "unused", { markdown: "" })).body.code, "validation_failed");
  const headers = { "Idempotency-Key": "create-then-invalid" };
  const draft = { slug: "used-key", headline: "Once", timeZone: "UTC" };
  await service.call("POST", "/stories", { body: draft, headers });
  const invalid = await service.call("POST", "/stories", { body: { ...draft, headline: "" }, headers });
  assert.equal(invalid.body.code, "idempotency_conflict");
});

test("[S5] a key belongs to one story", async () => {
  const [a, ab] = [await publish("a", "shared"), await publish("ab", "shared")];
  assert.notEqual(a.body.entry.id, ab.body.entry.id);
  assert.equal(ab.headers.get("idempotent-replay"), null);
});

test("[S5] a repeat shows the entry in its present form, and 410 once it was retracted", async () => {
  const { entry } = (await publish("a", "later")).body;
  await service.call("PATCH", `/stories/a/entries/${entry.id}`, { body: { markdown: "Revised" } });
  const revised = await publish("a", "later");
  assert.deepEqual([revised.status, revised.body.entry.markdown], [201, "Revised"]);
  assert.equal(revised.headers.get("etag"), '"2"');
  await service.call("DELETE", `/stories/a/entries/${entry.id}`);
  const gone = await publish("a", "later");
  assert.deepEqual([gone.status, gone.body.code], [410, "entry_retracted"]);
});

test("[S5] a repeat is answered before any other check", async () => {
  const first = await publish("ended", "before-the-end");
  await service.call("PATCH", "/stories/ended", { body: { status: "ended" } });
  const repeat = await publish("ended", "before-the-end");
  assert.deepEqual([repeat.status, repeat.body.entry.id], [201, first.body.entry.id]);
  assert.equal((await publish("ended", "after-the-end")).body.code, "story_ended");
});

test("[S5] creating a story can be repeated too", async () => {
  const body = { slug: "created-once", headline: "Once", timeZone: "UTC" };
  const create = () => service.call("POST", "/stories", { body, headers: { "Idempotency-Key": "create" } });
  const [first, repeat] = [await create(), await create()];
  assert.deepEqual([first.status, repeat.status], [201, 201]);
  assert.equal(repeat.headers.get("idempotent-replay"), "true");
  assert.equal((await service.call("POST", "/stories", { body })).body.code, "slug_taken");
});

test("[S5] what was refused is not remembered", async () => {
  await service.createStory({ slug: "reopened", status: "ended" });
  assert.equal((await publish("reopened", "again")).body.code, "story_ended");
  await service.call("PATCH", "/stories/reopened", { body: { status: "live" } });
  const accepted = await publish("reopened", "again");
  assert.deepEqual([accepted.status, accepted.headers.get("idempotent-replay")], [201, null]);
});

test("a key must be printable ASCII of at most 200 characters", async () => {
  assert.equal((await publish("a", "x".repeat(200))).status, 201);
  for (const key of ["x".repeat(201), "caf\u00e9"]) {
    assert.equal((await publish("a", key)).body.code, "validation_failed");
  }
});
