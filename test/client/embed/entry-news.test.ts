import assert from "node:assert/strict";
import { test } from "node:test";
import { entryNews } from "../../../src/client/embed/entry-news.ts";
import { fromSnapshot, type Timeline } from "../../../src/protocol/timeline.ts";
import { VirtualStory } from "../../support/virtual-story.ts";

const NOTHING = { published: [], revised: [], retracted: [] };

/** A story with `count` entries, and a way to look at it as a reader of the newest `limit`. */
function told(count: number) {
  let now = Date.UTC(2026, 0, 1, 12);
  const story = new VirtualStory("storm", () => now);
  const publish = () => {
    now += 1_000;
    story.publish();
    return story.entries[0];
  };
  for (let entry = 0; entry < count; entry += 1) publish();
  const look = (limit = 50): Timeline => fromSnapshot(story.epoch, story.snapshot(limit));
  return { story, publish, look };
}

test("what was published, revised and retracted between two states is told by its ids", () => {
  const { story, publish, look } = told(3);
  const before = look();
  const [newest, second, third] = story.entries;
  assert.ok(newest && second && third);
  story.revise(newest);
  story.retract(third);
  const published = publish();
  assert.deepEqual(entryNews(before, look()), {
    published: [published?.id],
    revised: [newest.id],
    retracted: [third.id],
  });
});

test("nothing is told of two looks at the same state, nor of a wider one", () => {
  const { look } = told(8);
  assert.deepEqual(entryNews(look(3), look(3)), NOTHING);
  assert.deepEqual(entryNews(look(3), look(8)), NOTHING);
});

test("an entry that fell out of a window taken anew is not taken for retracted, unless it stood in it", () => {
  const { story, publish, look } = told(3);
  const before = look(3);
  const [newest] = story.entries;
  assert.ok(newest);
  const published = [publish(), publish()].map((entry) => entry?.id).reverse();
  story.retract(newest);
  assert.deepEqual(entryNews(before, look(3)), { published, revised: [], retracted: [newest.id] });
});

test("of a story that was restored and went on otherwise, what is there now counts", () => {
  const { story, publish, look } = told(3);
  const before = look();
  story.restore(3);
  const published = [publish(), publish(), publish(), publish()].map((entry) => entry?.id);
  assert.deepEqual(entryNews(before, look()).published, published.reverse());
});
