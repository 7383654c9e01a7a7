import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyEntries } from "../../src/feed/key-entries.ts";
import type { StoryPlace } from "../../src/feed/pages.ts";
import { compareEntries } from "../../src/protocol/entry-order.ts";
import type { Entry } from "../../src/protocol/shapes.ts";
import { fromSnapshot, isKeyEntry, merge, type Timeline } from "../../src/protocol/timeline.ts";
import { StoreUnavailable, type TimelineStore } from "../../src/store/timeline-store.ts";
import { VirtualStory } from "../support/virtual-story.ts";

const WINDOW = 5;

/** A story of 450 entries, every hundredth of them key, of which a feed has a few in memory. */
function keyEntriesOf({ isStoreAway = (): boolean => false } = {}) {
  let now = Date.UTC(2024, 5, 19);
  const story = new VirtualStory("story", () => now);
  for (let n = 1; n <= 450; n += 1) {
    now += 1_000;
    story.publish();
    if (n % 100 === 0) story.revise(story.entries[0] as Entry, { importance: "key" });
  }
  let reads = 0;
  const page: TimelineStore["page"] = async (_slug, edge, limit) => {
    reads += 1;
    if (isStoreAway()) throw new StoreUnavailable("The store is away.");
    assert.ok("below" in edge);
    const below = story.entries.filter((entry) => compareEntries(entry, edge.below) > 0);
    return { seq: story.seq, entries: below.slice(0, limit), more: below.length > limit };
  };
  const place = { slug: "story", site: "", stores: { timelines: { page } } } as unknown as StoryPlace;
  let timeline: Timeline = fromSnapshot(story.epoch, story.snapshot(WINDOW));
  const keyEntries = new KeyEntries(place, () => timeline);
  const take = ({ changes }: ReturnType<VirtualStory["publish"]>) => {
    timeline = merge(timeline, changes);
    keyEntries.take(changes);
  };
  return { story, keyEntries, take, readCount: () => reads };
}

const idsOf = (entries: readonly Entry[]) => entries.map(({ id }) => id);

test("[F4] key entries below the window are read through once, and true to every later change", async () => {
  const { story, keyEntries, take, readCount } = keyEntriesOf();
  const expected = () => idsOf(story.entries.filter(isKeyEntry));
  assert.equal(expected().length, 4);
  const [first, second] = await Promise.all([keyEntries.read(), keyEntries.read()]);
  assert.deepEqual([idsOf(first.entries), idsOf(second.entries)], [expected(), expected()]);
  assert.equal(readCount(), 3);
  const [newest, ...others] = story.entries.filter(isKeyEntry) as [Entry, ...Entry[]];
  take(story.retract(newest));
  take(story.revise(others[0] as Entry, { importance: "normal" }));
  take(story.revise(story.entries[440] as Entry, { importance: "breaking" }));
  take(story.publish());
  assert.deepEqual(idsOf((await keyEntries.read()).entries), expected());
  assert.equal(expected().length, 3);
  assert.equal(readCount(), 3);
});

test("[S6] what is withdrawn while the story is read through is not in the answer", async () => {
  const { story, keyEntries, take } = keyEntriesOf();
  const reading = keyEntries.read();
  const [, withdrawn] = story.entries.filter(isKeyEntry);
  take(story.retract(withdrawn as Entry));
  assert.ok(!idsOf((await reading).entries).includes(withdrawn?.id ?? ""));
});

test("while the store is away those in memory are answered, and all of them as soon as it is back", async () => {
  let isAway = true;
  const { story, keyEntries } = keyEntriesOf({ isStoreAway: () => isAway });
  assert.deepEqual(await keyEntries.read(), { entries: [], isWhole: false });
  isAway = false;
  assert.deepEqual(idsOf((await keyEntries.read()).entries), idsOf(story.entries.filter(isKeyEntry)));
});
