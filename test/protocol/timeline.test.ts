import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareEntries } from "../../src/protocol/entry-order.ts";
import { collapse } from "../../src/protocol/range.ts";
import type { Change, Changes } from "../../src/protocol/shapes.ts";
import {
  changesAfter,
  fromSnapshot,
  isNew,
  merge,
  receive,
  type Timeline,
  toSnapshot,
  trim,
} from "../../src/protocol/timeline.ts";
import { anyCommand, RandomStory } from "../support/random-history.ts";

const history = fc.array(anyCommand, { maxLength: 40, size: "max" });
const windowSize = fc.integer({ min: 1, max: 12 });

/** What a reader sees; how it is kept is its own affair. */
function shown({ story, background, entries, total, seq }: Timeline) {
  return { story, background, entries, total, seq };
}

test("[C1] any order and any repetition of a set of changes ends in the same timeline", () => {
  fc.assert(
    fc.property(history, history, windowSize, fc.infiniteStream(fc.nat()), (before, after, size, dice) => {
      const random = new RandomStory();
      random.play(before);
      const start = fromSnapshot("run1", random.story.snapshot(size));
      random.play(after);
      const changes = random.ranges.flatMap((range) => range.changes);
      const shuffled = [...changes, ...changes]
        .map((change) => ({ change, rank: dice.next().value as number }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ change }) => change);
      assert.deepEqual(shown(merge(start, shuffled)), shown(merge(start, changes)));
      const oneByOne = shuffled.reduce((timeline, change) => merge(timeline, [change]), start);
      assert.deepEqual(shown(oneByOne), shown(merge(start, changes)));
    }),
  );
});

test("[C4] a reader with a window of the newest N ends with the same window as the server's, whatever changed below", () => {
  fc.assert(
    fc.property(history, history, windowSize, (before, after, size) => {
      const random = new RandomStory();
      random.play(before);
      const start = fromSnapshot("run1", random.story.snapshot(size));
      const seen = random.ranges.length;
      random.play(after);
      const timeline = random.ranges.slice(seen).reduce((held, range) => {
        const { outcome, timeline: next } = receive(held, "run1", range);
        assert.equal(outcome, "applied");
        return next;
      }, start);
      const server = random.story.entries;
      assert.deepEqual(timeline.entries, server.slice(0, timeline.entries.length));
      const { floor } = start.merging;
      const below = server.slice(timeline.entries.length);
      assert.ok(
        below.every((entry) => floor !== null && compareEntries(entry, floor) > 0),
        "an entry is missing",
      );
      assert.equal(timeline.total, server.length);
      assert.deepEqual(timeline.story, random.story.story);
      assert.deepEqual(timeline.background, random.story.background);
      assert.equal(timeline.position, random.story.position);
    }),
  );
});

test("catching up from any point gives what the changes in between give, each item once", () => {
  fc.assert(
    fc.property(history, history, windowSize, (before, after, size) => {
      const random = new RandomStory();
      random.play(before);
      const start = fromSnapshot("run1", random.story.snapshot(size));
      const seen = random.ranges.length;
      random.play(after);
      const lived = random.ranges.slice(seen).reduce((held, range) => receive(held, "run1", range).timeline, start);
      const caughtUp = receive(start, "run1", random.story.changesSince(start.seq)).timeline;
      assert.deepEqual(shown(caughtUp), shown(lived));
      const feed = fromSnapshot("run1", random.story.snapshot(1_000));
      const ids = changesAfter(feed, start.seq).map((change) => ("entry" in change ? change.entry.id : change.kind));
      assert.equal(new Set(ids).size, ids.length);
    }),
  );
});

test("a range that begins above the reader is a hole and changes nothing; one that ends below it is known", () => {
  const random = new RandomStory();
  random.play([{ kind: "publish", pick: 1 }]);
  const start = fromSnapshot("run1", random.story.snapshot());
  random.play([
    { kind: "publish", pick: 1 },
    { kind: "publish", pick: 1 },
  ]);
  const [old, next, afterNext] = random.ranges as [Changes, Changes, Changes];
  assert.deepEqual(receive(start, "run1", afterNext), { outcome: "hole", timeline: start });
  assert.deepEqual(receive(start, "run1", old), { outcome: "known", timeline: start });
  assert.deepEqual(receive(start, "run2", next), { outcome: "hole", timeline: start });
  assert.equal(receive(start, "run1", next).outcome, "applied");
});

test("a retraction leaves nothing of the entry, also when an older revision of it arrives afterwards", () => {
  const random = new RandomStory();
  const start = fromSnapshot("run1", random.story.snapshot());
  random.play([
    { kind: "publish", pick: 1 },
    { kind: "revise", pick: 0 },
    { kind: "retract", pick: 0 },
  ]);
  const [published, revised, retracted] = random.ranges.flatMap(({ changes }) => changes) as [Change, Change, Change];
  const timeline = merge(merge(start, [retracted]), [revised, published]);
  assert.deepEqual(timeline.entries, []);
  assert.equal(timeline.total, 0);
});

test("a change of a later version of the protocol moves the reader on", () => {
  const random = new RandomStory();
  const start = fromSnapshot("run1", random.story.snapshot());
  random.play([{ kind: "unknown", pick: 0 }]);
  const { outcome, timeline } = receive(start, "run1", random.ranges[0] as Changes);
  assert.equal(outcome, "applied");
  assert.equal(timeline.seq, start.seq + 1);
});

test("an entry is news when it was first published since and stands on top; a backdated import is not", () => {
  const random = new RandomStory();
  random.play([{ kind: "publish", pick: 1 }]);
  const { seq, entries } = random.story.snapshot();
  const newest = entries[0] ?? null;
  random.play([
    { kind: "publish", pick: 1 },
    { kind: "import", pick: 900 },
  ]);
  const news = random.story.entries.filter((entry) => isNew(entry, seq, newest));
  assert.deepEqual(
    news.map(({ id }) => id),
    ["entry-run1-3"],
  );
});

test("trimming keeps the newest entries, what changed lately, and a right count from then on", () => {
  fc.assert(
    fc.property(history, history, windowSize, (before, after, size) => {
      const random = new RandomStory();
      random.play(before);
      const whole = fromSnapshot("run1", random.story.snapshot(1_000));
      const trimmed = trim(whole, size, random.story.seq);
      assert.deepEqual(toSnapshot(trimmed, 1_000), random.story.snapshot(size));
      const seen = random.ranges.length;
      random.play(after);
      const lived = random.ranges.slice(seen).reduce((held, range) => receive(held, "run1", range).timeline, trimmed);
      assert.equal(lived.total, random.story.entries.length);
      assert.deepEqual(lived.entries, random.story.entries.slice(0, lived.entries.length));
    }),
  );
});

test("a window whose entries were all retracted lets nothing from below into it", () => {
  const random = new RandomStory();
  random.play(Array.from({ length: 4 }, () => ({ kind: "publish" as const, pick: 1 })));
  const start = fromSnapshot("run1", random.story.snapshot(1));
  random.play([{ kind: "retract", pick: 0 }]);
  const emptied = trim(receive(start, "run1", random.ranges.at(-1) as Changes).timeline, 1, random.story.seq);
  random.play([{ kind: "revise", pick: 2 }]);
  assert.deepEqual(receive(emptied, "run1", random.ranges.at(-1) as Changes).timeline.entries, []);
});

test("collapsing keeps the latest change of each item, ascending, wherever the cuts between ticks fall", () => {
  fc.assert(
    fc.property(history, fc.nat(40), (commands, cut) => {
      const random = new RandomStory();
      random.play(commands);
      const changes = random.ranges.flatMap((range) => range.changes);
      const inTwo = collapse([...collapse(changes.slice(0, cut)), ...collapse(changes.slice(cut))]);
      assert.deepEqual(inTwo, collapse(changes));
      assert.ok(inTwo.every((change, index) => index === 0 || (inTwo[index - 1]?.seq ?? 0) < change.seq));
    }),
  );
});
