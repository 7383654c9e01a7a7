import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TestService } from "../support/service.ts";

let service: TestService;
before(async () => {
  service = await TestService.start();
});
after(() => service.close());

test("a story is created as a draft with sensible defaults, and draft is what nobody without a key can see", async () => {
  const body = { slug: "quiet", headline: "Quiet", timeZone: "America/Chicago" };
  const { status, headers, body: answer } = await service.call("POST", "/stories", { body });
  assert.equal(status, 201);
  assert.equal(headers.get("location"), "/api/v1/stories/quiet");
  const { story } = answer;
  assert.deepEqual(
    [
      story.status,
      story.language,
      story.direction,
      story.summary,
      story.topics,
      story.allowedOrigins,
      story.coverageEnd,
    ],
    ["draft", "en", "ltr", null, [], [], null],
  );
  assert.equal(story.url, `${service.url}/stories/quiet`);
  for (const path of [
    "/stories/quiet",
    "/stories/quiet/changes?after=a.1.b",
    "/stories/quiet/stream",
    "//stories/quiet",
  ]) {
    assert.equal((await service.call("GET", path, { key: null })).status, 404, path);
  }
  assert.equal((await service.call("GET", "/stories/quiet")).status, 200);
});

test("a background is a change of its own, shown with its source to editors only", async () => {
  const background = { markdown: "# Before\n\nAll that led here." };
  await service.createStory({ slug: "with-background", background });
  const snapshot = await service.snapshot("with-background");
  assert.equal(snapshot.seq, 2);
  assert.deepEqual(snapshot.background, { seq: 2, html: "<h3>Before</h3>\n<p>All that led here.</p>" });
  const editors = await service.call("GET", "/stories/with-background");
  assert.deepEqual(editors.body.background, { ...snapshot.background, markdown: background.markdown });
  const patch = { headline: "Both", background: null };
  const { body } = await service.call("PATCH", "/stories/with-background", { body: patch });
  assert.deepEqual([body.seq, body.story.headline], [4, "Both"]);
  assert.equal((await service.snapshot("with-background")).background, null);
});

test("If-Match on a story is its seq", async () => {
  const { seq } = await service.createStory({ slug: "matched" });
  await service.publish("matched");
  const patch = (headline: string, etag: string) =>
    service.call("PATCH", "/stories/matched", { body: { headline }, headers: { "If-Match": etag } });
  assert.equal((await patch("One", `"${seq}"`)).status, 200);
  assert.equal((await patch("Two", `"${seq}"`)).body.code, "revision_mismatch");
});

test("one entry is pinned at a time, and retracting it unpins it in the same breath", async () => {
  await service.createStory({ slug: "pinned" });
  const [one, two] = [await service.publish("pinned"), await service.publish("pinned")];
  const pin = (entryId: string) => service.call("PUT", "/stories/pinned/pin", { body: { entryId } });
  assert.equal((await pin(one.id)).body.story.pinnedEntryId, one.id);
  assert.equal((await pin(two.id.toUpperCase())).body.story.pinnedEntryId, two.id);
  assert.equal((await pin(two.id)).body.seq, 5);
  const { position } = await service.snapshot("pinned");
  const retraction = await service.call("DELETE", `/stories/pinned/entries/${two.id}`);
  assert.equal(retraction.body.seq, 7);
  const { body } = await service.call("GET", `/stories/pinned/changes?after=${position}`, { key: null });
  assert.deepEqual(
    body.changes.map(({ kind, seq }) => [kind, seq]),
    [
      ["retraction", 6],
      ["story", 7],
    ],
  );
  assert.equal((await service.snapshot("pinned")).story.pinnedEntryId, null);
  assert.equal((await pin(two.id)).body.code, "entry_retracted");
  await pin(one.id);
  assert.equal((await service.call("DELETE", "/stories/pinned/pin")).body.story.pinnedEntryId, null);
});

test("a story that is removed is gone for good, and its slug stays taken", async () => {
  await service.createStory({ slug: "removed" });
  const { id } = await service.publish("removed");
  assert.equal((await service.call("DELETE", "/stories/removed")).status, 204);
  for (const path of ["/stories/removed", `/stories/removed/entries/${id}`, "/stories/removed/changes?after=a.1.b"]) {
    const { status, body } = await service.call("GET", path, { key: null });
    assert.deepEqual([status, body.code], [410, "story_removed"], path);
  }
  const publish = await service.call("POST", "/stories/removed/entries", { body: { markdown: "x" } });
  assert.equal(publish.body.code, "story_removed");
  const again = { slug: "removed", headline: "Again", timeZone: "UTC" };
  assert.equal((await service.call("POST", "/stories", { body: again })).body.code, "slug_taken");
  const { body } = await service.call("GET", "/stories?limit=200", { key: null });
  assert.ok(!body.stories.some(({ slug }) => slug === "removed"));
});

test("a draft has a page at a signed address for an hour, and at no other", async () => {
  await service.createStory({ slug: "preview", status: "draft", headline: "Not out yet" });
  const { status, body } = await service.call("POST", "/stories/preview/previews");
  assert.equal(status, 201);
  assert.ok(Date.parse(body.expiresAt) > Date.now() + 59 * 60_000);
  const page = await fetch(body.url);
  assert.equal(page.status, 200);
  assert.equal(page.headers.get("cache-control"), "private, no-store");
  assert.match(await page.text(), /Not out yet/);
  assert.equal((await fetch(`${body.url}x`)).status, 404);
  const withField = await service.call("POST", "/stories/preview/previews", { body: { hours: 2 } });
  assert.equal(withField.body.code, "validation_failed");
  assert.equal((await service.call("POST", "/stories/preview/previews", { body: {} })).status, 201);
  await service.createStory({ slug: "preview-2", status: "draft" });
  assert.equal((await fetch(body.url.replace("/preview?", "/preview-2?"))).status, 404);
});

test("stories are listed latest change first, by status and topic, page by page", async () => {
  const topics = [{ slug: "elections", name: "Elections" }];
  for (const slug of ["list-a", "list-ab", "list-b"]) await service.createStory({ slug, topics });
  await service.createStory({ slug: "list-ended", topics, status: "ended" });
  await service.createStory({ slug: "list-draft", topics, status: "draft" });
  await service.publish("list-a");
  const list = async (query: string, key: string | null = null) => {
    const { body } = await service.call("GET", `/stories?topic=elections&${query}`, key === null ? { key } : {});
    return { slugs: body.stories.map(({ slug }) => slug), next: body.next };
  };
  assert.deepEqual((await list("limit=10")).slugs, ["list-a", "list-ended", "list-b", "list-ab"]);
  assert.deepEqual((await list("status=ended")).slugs, ["list-ended"]);
  assert.deepEqual((await list("status=draft")).slugs, []);
  assert.deepEqual((await list("status=draft", "admin")).slugs, ["list-draft"]);
  const first = await list("limit=2");
  assert.deepEqual(first.slugs, ["list-a", "list-ended"]);
  const second = await list(`limit=2&cursor=${first.next}`);
  assert.deepEqual([second.slugs, second.next], [["list-b", "list-ab"], null]);
});
