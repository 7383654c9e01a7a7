import assert from "node:assert/strict";
import { test } from "node:test";
import { KnownStories, type KnownStory } from "../../src/editorial/known-stories.ts";

const live: KnownStory = { epoch: "e", seq: 5, status: "live" };

test("[S7] a story is known until its history is another one", () => {
  const known = new KnownStories();
  known.learn("a", live);
  known.confirm("a", { epoch: "e" });
  assert.deepEqual(known.get("a"), live);
  known.confirm("a", { epoch: "renewed" });
  assert.equal(known.get("a"), undefined);
});

test("however many stories there are, a bounded number is known", () => {
  const known = new KnownStories();
  const slugs = Array.from({ length: 5_000 }, (_, n) => `story-${n}`);
  for (const slug of slugs) known.learn(slug, live);
  const held = slugs.filter((slug) => known.get(slug) !== undefined);
  assert.ok(held.length <= 1_000 && held.includes("story-4999"), String(held.length));
});
