import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { TestService } from "../support/service.ts";

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

const path = (id: string) => `/stories/${slug}/entries/${id}`;

test("publishing makes one change and answers with all that an editor needs", async () => {
  const draft = {
    markdown: "Polls *close*, the AP reports",
    headline: "Polls close",
    label: "BREAKING",
    importance: "breaking",
    attributions: [{ source: "AP", url: "https://apnews.com/" }],
    authors: [{ name: "A. Reporter" }],
    media: [{ url: "https://img.example/a.png", alt: "A queue", width: 800, height: 600 }],
    language: "en",
  };
  const { status, headers, body } = await service.call("POST", `/stories/${slug}/entries`, { body: draft });
  const { entry } = body;
  assert.equal(status, 201);
  assert.equal(headers.get("location"), `/api/v1${path(entry.id)}`);
  assert.equal(headers.get("etag"), '"1"');
  assert.deepEqual([body.seq, entry.seq, entry.firstSeq, entry.revision], [2, 2, 2, 1]);
  assert.match(body.position, /^[\w-]+\.2\.[\w-]+$/);
  assert.match(entry.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.equal(entry.html, "<p>Polls <em>close</em>, the AP reports</p>");
  assert.equal(entry.markdown, draft.markdown);
  assert.deepEqual(entry.attributions, [{ source: "AP", url: "https://apnews.com/", status: "reported" }]);
  assert.deepEqual(entry.authors, [{ name: "A. Reporter", url: null }]);
  assert.deepEqual(entry.media, [{ ...draft.media[0], caption: null, credit: null }]);
  assert.deepEqual([entry.corrections, entry.updatedAt, entry.language], [[], null, "en"]);
  assert.equal(entry.url, `${service.url}/stories/${slug}?entry=${entry.id}#entry-${entry.id}`);
  assert.match(entry.publishedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test("readers see what editors publish, without its source", async () => {
  const { markdown: _markdown, ...entry } = await service.publish(slug);
  assert.deepEqual((await service.snapshot(slug)).entries, [entry]);
  assert.deepEqual((await service.call("GET", path(entry.id), { key: null })).body, entry);
});

test("an imported entry keeps its time and stands where that puts it", async () => {
  const now = await service.publish(slug);
  const then = await service.publish(slug, { publishedAt: "2024-06-19T02:05:00-05:00" });
  assert.equal(then.publishedAt, "2024-06-19T07:05:00.000Z");
  assert.deepEqual(
    (await service.snapshot(slug)).entries.map(({ id }) => id),
    [now.id, then.id],
  );
});

test("a revision keeps the time of publication and adds its correction to the notes", async () => {
  const { id, publishedAt } = await service.publish(slug, { headline: "Twelve" });
  const patch = { markdown: "Eleven", correction: "It was eleven, not twelve." };
  const { status, headers, body } = await service.call("PATCH", path(id), { body: patch });
  assert.equal(status, 200);
  assert.equal(headers.get("etag"), '"2"');
  const { entry } = body;
  assert.deepEqual([entry.revision, entry.publishedAt, entry.headline], [2, publishedAt, "Twelve"]);
  assert.equal(entry.html, "<p>Eleven</p>");
  assert.deepEqual(
    entry.corrections.map(({ text }) => text),
    ["It was eleven, not twelve."],
  );
  assert.ok(entry.updatedAt !== null && entry.updatedAt >= publishedAt);
  const again = await service.call("PATCH", path(id), { body: { correction: "And a half." } });
  assert.equal(again.body.entry.corrections.length, 2);
});

test("a patch that changes nothing makes no change and answers 200", async () => {
  const { id } = await service.publish(slug, { headline: "Same" });
  const { status, body } = await service.call("PATCH", path(id), { body: { headline: "Same", markdown: "Text" } });
  assert.equal(status, 200);
  assert.deepEqual([body.seq, body.entry.revision], [2, 1]);
});

test("If-Match keeps two editors from overwriting each other", async () => {
  const { id } = await service.publish(slug);
  const revise = (markdown: string, etag: string) =>
    service.call("PATCH", path(id), { body: { markdown }, headers: { "If-Match": etag } });
  assert.equal((await revise("First", '"1"')).status, 200);
  const second = await revise("Second", '"1"');
  assert.deepEqual([second.status, second.body.code], [412, "revision_mismatch"]);
  assert.equal((await revise("Second", '"2"')).status, 200);
  assert.equal((await revise("Third", "*")).status, 200);
  assert.equal((await revise("Fourth", "nonsense")).status, 412);
  const retract = await service.call("DELETE", path(id), { headers: { "If-Match": '"1"' } });
  assert.equal(retract.status, 412);
});

test("of two revisions at once with the same If-Match, one wins", async () => {
  const { id } = await service.publish(slug);
  const revisions = Array.from({ length: 10 }, (_, index) =>
    service.call("PATCH", path(id), { body: { markdown: `Text ${index}` }, headers: { "If-Match": '"1"' } }),
  );
  const statuses = (await Promise.all(revisions)).map(({ status }) => status);
  assert.deepEqual(statuses.sort(), [200, ...Array(9).fill(412)]);
});

test("[S6] a retraction leaves a bare tombstone in every read, and a repeat changes nothing", async () => {
  const secret = "A name that must not be here";
  const { id, firstSeq } = await service.publish(slug, { markdown: secret, headline: secret });
  await service.call("PATCH", path(id), { body: { markdown: `${secret} twice` } });
  const { position } = await service.snapshot(slug);
  const { status, body } = await service.call("DELETE", path(id));
  assert.equal(status, 200);
  const { tombstone } = body;
  assert.deepEqual({ ...tombstone, retractedAt: "" }, { id, seq: 4, firstSeq, retracted: true, retractedAt: "" });
  const repeat = await service.call("DELETE", path(id), { headers: { "If-Match": '"1"' } });
  assert.deepEqual([repeat.status, repeat.body.tombstone, repeat.body.seq], [200, tombstone, 4]);

  const gone = await service.call("GET", path(id), { key: null });
  assert.deepEqual([gone.status, gone.body.code], [410, "entry_retracted"]);
  assert.equal((await service.call("PATCH", path(id), { body: { markdown: "x" } })).status, 410);
  const reads = [`/stories/${slug}`, `/stories/${slug}/changes?after=${position}`, `${path(id)}/revisions`];
  for (const read of [...reads, `//stories/${slug}`]) {
    assert.ok(!(await service.call("GET", read)).text.includes("A name"), read);
  }
  assert.equal((await service.snapshot(slug)).total, 0);
});

test("the revisions say who changed what and when, newest first, and an earlier one can be erased", async () => {
  const { id } = await service.publish(slug, { markdown: "Original slip" });
  await service.call("PATCH", path(id), { body: { markdown: "Mended" } });
  const { body } = await service.call("GET", `${path(id)}/revisions`);
  assert.deepEqual(
    body.revisions.map(({ revision, action, by, content }) => [revision, action, by.name, content?.markdown]),
    [
      [2, "revise", "ADMIN_KEY", "Mended"],
      [1, "publish", "ADMIN_KEY", "Original slip"],
    ],
  );
  assert.equal((await service.call("DELETE", `${path(id)}/revisions/1`)).status, 204);
  assert.equal((await service.call("DELETE", `${path(id)}/revisions/1`)).status, 204);
  const erased = await service.call("GET", `${path(id)}/revisions`);
  assert.equal(erased.body.revisions[1]?.content, null);
  assert.ok(!erased.text.includes("slip"));
  assert.equal((await service.call("DELETE", `${path(id)}/revisions/2`)).body.code, "validation_failed");
});

test("an ended story takes no new entries, while revising and retracting still work", async () => {
  const { id } = await service.publish(slug);
  const ended = await service.call("PATCH", `/stories/${slug}`, { body: { status: "ended" } });
  assert.ok(ended.body.story.coverageEnd);
  const refused = await service.call("POST", `/stories/${slug}/entries`, { body: { markdown: "x" } });
  assert.deepEqual([refused.status, refused.body.code], [409, "story_ended"]);
  assert.equal((await service.call("PATCH", path(id), { body: { markdown: "x" } })).status, 200);
  assert.equal((await service.call("DELETE", path(id))).status, 200);
  const reopened = await service.call("PATCH", `/stories/${slug}`, { body: { status: "live" } });
  assert.equal(reopened.body.story.coverageEnd, null);
  assert.equal((await service.call("POST", `/stories/${slug}/entries`, { body: { markdown: "x" } })).status, 201);
});

test("fifty editors who publish at once get fifty entries and fifty seqs", async () => {
  const published = await Promise.all(Array.from({ length: 50 }, () => service.publish(slug)));
  const seqs = published.map(({ seq }) => seq).sort((a, b) => a - b);
  assert.deepEqual(
    seqs,
    Array.from({ length: 50 }, (_, index) => index + 2),
  );
  assert.equal((await service.snapshot(slug)).total, 50);
});
