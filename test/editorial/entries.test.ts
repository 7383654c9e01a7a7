import assert from "node:assert/strict";
import { test } from "node:test";
import { planPublication, planRetraction } from "../../src/editorial/entries.ts";
import { planPin } from "../../src/editorial/stories.ts";
import type { StoredItem } from "../../src/store/records.ts";
import type { StoryRecord } from "../../src/store/story-records.ts";
import { VirtualStory } from "../support/virtual-story.ts";

const model = new VirtualStory("story", () => Date.UTC(2024, 5, 19));
model.publish();
const [entry] = model.entries;
const id = entry?.id ?? "";

function record(pinnedEntryId: string | null): StoryRecord {
  const story: StoredItem = { kind: "story", seq: 5, story: { ...model.story, pinnedEntryId }, allowedOrigins: [] };
  const items: StoredItem[] = entry ? [story, { kind: "entry", seq: 2, entry, markdown: "Text" }] : [story];
  return { head: { epoch: "e", seq: 5, tag: "t" }, items, remembered: null };
}
const any = () => true;
const guardsOf = (plan: { guards: { item: string; seq: number }[] } | null) =>
  Object.fromEntries(plan?.guards.map(({ item, seq }) => [item, seq]) ?? []);

test("a retraction is decided on the story too, since another editor may be pinning the entry at this moment", () => {
  assert.deepEqual(guardsOf(planRetraction(record(null), id, any)), { [id]: 2, story: 5 });
  assert.deepEqual(guardsOf(planPin(record(null), id)), { [id]: 2, story: 5 });
});

test("retracting the pinned entry also unpins it; retracting another leaves the pin", () => {
  const kinds = (pinned: string | null) => planRetraction(record(pinned), id, any)?.writes.map(({ kind }) => kind);
  assert.deepEqual(kinds(id), ["retraction", "story"]);
  assert.deepEqual(kinds("another"), ["retraction"]);
  assert.deepEqual(kinds(null), ["retraction"]);
});

test("publishing is decided on the story's fields and not on its head, so that editors do not get into each other's way", () => {
  assert.deepEqual(guardsOf(planPublication({ epoch: "e", seq: 5, status: "live" }, "new", { markdown: "Text" })), {
    story: 5,
    new: 0,
  });
});
