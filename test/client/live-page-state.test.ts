import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ABSENCE_MIN_MS } from "../../src/client/live-page-absence.ts";
import {
  type Arrival,
  announced,
  FRESH_MS,
  forgetFresh,
  keyMoments,
  type LivePageState,
  leftOff,
  missingPinnedId,
  moveReader,
  olderCursor,
  openPage,
  PAGE_ENTRIES_KEPT,
  PAGE_ENTRIES_MAX,
  pendingEntries,
  pinnedEntry,
  type Reader,
  shownEntries,
  showPending,
  takeEntry,
  takeMoments,
  takeTimeline,
  unannouncedCount,
} from "../../src/client/live-page-state.ts";
import { compareEntries, type EntryKey, formatCursor, parseCursor } from "../../src/protocol/entry-order.ts";
import type { Changes, Entry, Snapshot } from "../../src/protocol/shapes.ts";
import { fromSnapshot, isKeyEntry, receive } from "../../src/protocol/timeline.ts";
import { keyMomentOf } from "../../src/view/key-moments.tsx";
import { anyCommand, RandomStory } from "../support/random-history.ts";
import { VirtualStory } from "../support/virtual-story.ts";

const AT_TOP: Reader = { atTop: true, visible: true, paused: false };
const IN_MIDST: Reader = { ...AT_TOP, atTop: false };
const START = Date.UTC(2024, 5, 19, 7, 0);

const idsOf = (entries: readonly Pick<Entry, "id">[]) => entries.map(({ id }) => id);
const counts = (state: LivePageState) => [shownEntries(state).length, pendingEntries(state).length];

function open(snapshot: Snapshot, reader: Reader, more: { isNewestPage?: boolean; pinned?: Entry } = {}) {
  const { isNewestPage = true, pinned = null } = more;
  const keyMoments = [...snapshot.entries, ...(pinned ? [pinned] : [])].filter(isKeyEntry).map(keyMomentOf);
  const rest = { isWhole: true, newer: null, entryId: null, publisherName: "The Prairie Ledger" };
  return openPage({ snapshot, pinned, keyMoments, isNewestPage, ...rest }, reader);
}

function take(state: LivePageState, delivery: Changes, now = START, more: Partial<Arrival> = {}): LivePageState {
  const { outcome, timeline } = receive(state.timeline, state.timeline.epoch, delivery);
  assert.notEqual(outcome, "hole");
  return takeTimeline(state, { timeline, changes: delivery.changes, isCatchUp: false, ...more }, now);
}

/** The story as a whole, as after a reset. */
function takeAnew(state: LivePageState, story: VirtualStory, limit = 50, now = START): LivePageState {
  const timeline = fromSnapshot(story.epoch, story.snapshot(limit));
  return takeTimeline(state, { timeline, changes: null, isCatchUp: true }, now);
}

/** A story with `count` entries, a second apart. `tick` moves its clock. */
function storyOf(count: number) {
  let now = START;
  const story = new VirtualStory("story", () => now);
  const tick = (ms = 1_000) => {
    now += ms;
    return story;
  };
  for (let entry = 0; entry < count; entry += 1) tick().publish();
  return { story, tick };
}

test("at the top new entries come onto the page, and are marked for a while", () => {
  const { story, tick } = storyOf(2);
  let state = open(story.snapshot(), AT_TOP);
  state = take(state, tick().publish(), START);
  assert.deepEqual(counts(state), [3, 0]);
  assert.deepEqual([...state.freshSince.keys()], idsOf(story.entries.slice(0, 1)));
  assert.equal(forgetFresh(state, START + FRESH_MS - 1), state);
  assert.equal(forgetFresh(state, START + FRESH_MS).freshSince.size, 0);
});

test("elsewhere, out of sight and while paused they wait until the reader asks, or comes back", () => {
  for (const reader of [IN_MIDST, { ...AT_TOP, visible: false }, { ...AT_TOP, paused: true }]) {
    const { story, tick } = storyOf(2);
    let state = open(story.snapshot(), reader);
    state = take(state, tick().publish());
    state = take(state, tick().publish());
    assert.deepEqual(counts(state), [2, 2]);
    assert.deepEqual(counts(showPending(state, START)), [4, 0]);
    assert.deepEqual(counts(moveReader(state, AT_TOP, START)), [4, 0]);
  }
});

test("revisions and retractions apply at once, also while paused; a retraction that waits lowers the count", () => {
  const { story, tick } = storyOf(3);
  let state = open(story.snapshot(), { ...AT_TOP, paused: true });
  state = take(state, tick().publish());
  const [waiting, first, second] = story.entries;
  assert.ok(waiting && first && second);
  state = take(state, tick().revise(first));
  state = take(state, tick().retract(second));
  assert.deepEqual(counts(state), [2, 1]);
  assert.equal(shownEntries(state)[0]?.revision, 2);
  state = take(state, tick().retract(waiting));
  assert.deepEqual(counts(state), [2, 0]);
});

test("an entry that is put into the past is no news and stands in its place", () => {
  const { story, tick } = storyOf(3);
  let state = open(story.snapshot(), IN_MIDST);
  state = take(state, tick().publish(2_500));
  assert.deepEqual(counts(state), [4, 0]);
  assert.deepEqual(idsOf(shownEntries(state)), idsOf(story.entries));
});

test("the first entry of an empty story, and the next one when all were retracted", () => {
  const { story, tick } = storyOf(0);
  let state = open(story.snapshot(), IN_MIDST);
  state = take(state, tick().publish());
  assert.deepEqual(counts(state), [0, 1]);
  state = showPending(state, START);
  state = take(state, tick().retract(shownEntries(state)[0] as Entry));
  state = take(state, tick().publish());
  assert.deepEqual(counts(state), [0, 1]);
});

test("a page ends where it ended, whatever the window of a new snapshot", () => {
  const { story, tick } = storyOf(10);
  let state = open(story.snapshot(4), IN_MIDST);
  const end = shownEntries(state).at(-1) as Entry;
  tick().publish();
  state = takeAnew(state, story);
  assert.deepEqual(counts(state), [4, 1]);
  const { publishedAt, firstSeq } = end;
  assert.deepEqual(parseCursor(olderCursor(state) ?? ""), { publishedAt, firstSeq });
});

test("after a backup was restored, what was published then is new although it counts from lower again", () => {
  const { story, tick } = storyOf(6);
  let state = open(story.snapshot(), IN_MIDST);
  story.restore(3);
  tick(60_000).publish();
  state = takeAnew(state, story);
  assert.deepEqual(idsOf(pendingEntries(state)), idsOf(story.entries.slice(0, 1)));
  assert.deepEqual(idsOf(shownEntries(state)), idsOf(story.entries.slice(1)));
});

test("an older page counts what is new, shows none of it, and nothing of the pages between", () => {
  const { story, tick } = storyOf(6);
  const { entries, ...rest } = story.snapshot();
  const page = { ...rest, entries: entries.slice(3, 5), older: "abc-1" };
  let state = open(page, AT_TOP, { isNewestPage: false });
  state = take(state, tick().publish());
  state = take(state, tick().revise(entries[0] as Entry));
  state = take(state, tick().retract(entries[3] as Entry));
  assert.deepEqual(counts(state), [1, 1]);
  assert.deepEqual(idsOf(shownEntries(state)), idsOf(entries.slice(4, 5)));
});

test("an older page that a snapshot no longer reaches, or of another epoch, is outdated and stays as it is", () => {
  const { story, tick } = storyOf(6);
  const { entries, ...rest } = story.snapshot();
  const page = { ...rest, entries: entries.slice(3, 5), older: "abc-1" };
  const state = open(page, IN_MIDST, { isNewestPage: false });
  tick().publish();
  assert.equal(takeAnew(state, story).outdated, false);
  const short = takeAnew(state, story, 3);
  assert.equal(short.outdated, true);
  assert.deepEqual(idsOf(shownEntries(short)), idsOf(page.entries));
  story.restore(1);
  assert.equal(takeAnew(state, story).outdated, true);
});

test("the pin and the key moments are true to the newest state, also of entries outside of the page", () => {
  const { story, tick } = storyOf(5);
  const below = { ...(story.entries[4] as Entry), importance: "key" as const };
  story.patch({ pinnedEntryId: below.id });
  let state = open(story.snapshot(2), IN_MIDST, { pinned: below });
  assert.equal(pinnedEntry(state)?.id, below.id);
  assert.deepEqual(idsOf(keyMoments(state)), [below.id]);
  state = take(state, tick().revise(below));
  assert.equal(pinnedEntry(state)?.revision, 2);
  state = take(state, tick().retract(below));
  assert.equal(pinnedEntry(state), null);
  assert.deepEqual(keyMoments(state), []);
});

test("what is pinned is shown wherever it stands, also if it was only heard of", () => {
  const { story, tick } = storyOf(5);
  const below = story.entries[4] as Entry;
  let state = open(story.snapshot(2), IN_MIDST);
  state = take(state, tick().revise(below));
  state = take(state, tick().patch({ pinnedEntryId: below.id }));
  assert.equal(pinnedEntry(state)?.revision, 2);
  const imported = tick().publish(60 * 60_000);
  state = take(state, imported);
  const { id } = story.entries.at(-1) as Entry;
  state = take(state, tick().patch({ pinnedEntryId: id }));
  assert.equal(pinnedEntry(state)?.id, id);
});

test("an entry is a key moment from when it is marked until it no longer is, wherever it stands", () => {
  const { story, tick } = storyOf(3);
  const [newest, , oldest] = story.entries as [Entry, Entry, Entry];
  let state = open(story.snapshot(2), IN_MIDST);
  for (const entry of [oldest, newest]) state = take(state, tick().revise(entry, { importance: "key" }));
  assert.deepEqual(idsOf(keyMoments(state)), [newest.id, oldest.id]);
  for (const entry of [newest, oldest]) state = take(state, tick().revise(entry, { importance: "normal" }));
  assert.deepEqual(keyMoments(state), []);
});

test("a jump list that was full is filled again when there is room", () => {
  const { story, tick } = storyOf(0);
  for (let n = 0; n < 102; n += 1) {
    tick().publish();
    story.revise(story.entries[0] as Entry, { importance: "key" });
  }
  const drawn = () => ({
    snapshot: story.snapshot(2),
    keyMoments: story.entries.slice(0, 100).map(keyMomentOf),
    isWhole: true,
  });
  const snapshot = story.snapshot(2);
  let state = openPage(
    { ...drawn(), snapshot, pinned: null, isNewestPage: true, newer: null, entryId: null, publisherName: "" },
    IN_MIDST,
  );
  assert.equal(keyMoments(state).length, 100);
  state = take(state, tick().retract(story.entries[50] as Entry));
  assert.notEqual(state.momentsSince, null);
  state = takeMoments(state, drawn());
  assert.deepEqual(idsOf(keyMoments(state)), idsOf(story.entries.slice(0, 100)));
});

test("[C3] a page that is watched for long sheds its end, and never while the reader may be there", () => {
  const { story, tick } = storyOf(PAGE_ENTRIES_KEPT);
  let state = open(story.snapshot(PAGE_ENTRIES_KEPT), AT_TOP);
  for (let n = PAGE_ENTRIES_KEPT; n < PAGE_ENTRIES_MAX; n += 1) state = take(state, tick().publish());
  assert.equal(shownEntries(state).length, PAGE_ENTRIES_MAX);
  state = moveReader(state, { atTop: false }, START);
  state = showPending(take(state, tick().publish()), START);
  assert.equal(shownEntries(state).length, PAGE_ENTRIES_MAX + 1);
  state = moveReader(state, { atTop: true }, START);
  assert.deepEqual(idsOf(shownEntries(state)), idsOf(story.entries.slice(0, PAGE_ENTRIES_KEPT)));
  assert.equal(olderCursor(state), formatCursor(shownEntries(state).at(-1) as Entry));
});

test("taken anew, a story vouches for none of the entries that it does not show", () => {
  const { story, tick } = storyOf(5);
  const below = { ...(story.entries[4] as Entry), importance: "key" as const };
  let state = open(story.snapshot(2), IN_MIDST, { pinned: below });
  tick().patch({ pinnedEntryId: below.id });
  state = takeAnew(state, story, 2);
  assert.deepEqual(keyMoments(state), []);
  assert.equal(missingPinnedId(state), below.id);
  assert.equal(pinnedEntry(takeEntry(state, below))?.id, below.id);
});

test("taken anew, a story is asked for its older key moments; what has happened since counts more", () => {
  const { story, tick } = storyOf(6);
  const [, , , kept, changed, withdrawn] = story.entries as Entry[];
  assert.ok(kept && changed && withdrawn);
  for (const entry of [kept, changed, withdrawn]) tick().revise(entry, { importance: "key" });
  const moments = (entries: Entry[]) => entries.filter(isKeyEntry).map(keyMomentOf);
  const drawnBefore = { snapshot: story.snapshot(2), keyMoments: moments(story.entries), isWhole: true };
  let state = open(story.snapshot(2), IN_MIDST);
  tick().publish();
  state = takeAnew(state, story, 2);
  const drawn = { snapshot: story.snapshot(2), keyMoments: moments(story.entries), isWhole: true };
  state = take(state, tick().revise(changed, { importance: "normal" }));
  state = take(state, tick().retract(withdrawn));
  assert.equal(takeMoments(state, drawnBefore), state, "drawn too early to be believed");
  assert.equal(takeMoments(state, { ...drawn, isWhole: false }), state, "drawn while the store was away");
  assert.notEqual(state.momentsSince, null);
  state = takeMoments(state, drawn);
  assert.deepEqual(idsOf(keyMoments(state)), [kept.id]);
  assert.equal(state.momentsSince, null);
});

test("an entry that was looked up does not take the place of a newer form", () => {
  const { story, tick } = storyOf(5);
  const below = story.entries[4] as Entry;
  story.patch({ pinnedEntryId: below.id });
  let state = open(story.snapshot(2), IN_MIDST);
  state = take(state, tick().revise(below));
  assert.equal(pinnedEntry(takeEntry(state, below))?.revision, 2);
  state = take(state, tick().retract(below));
  assert.equal(pinnedEntry(takeEntry(state, below)), null, "withdrawn while it was looked up");
});

test("[S6] an older page whose last entry was withdrawn is the same page, and a page that is outdated withdraws all the same", () => {
  const { story, tick } = storyOf(8);
  const older = story.snapshot(3, story.snapshot(2).older);
  const [first, , last] = older.entries as [Entry, Entry, Entry];
  let state = open(older, IN_MIDST, { isNewestPage: false });
  const from = story.seq;
  tick().retract(last);
  const whole = { ...story.snapshot(5), older: formatCursor(last) };
  state = takeTimeline(state, { timeline: fromSnapshot(story.epoch, whole), changes: null, isCatchUp: true }, START);
  assert.equal(state.outdated, false);
  assert.ok(!idsOf(shownEntries(state)).includes(last.id));
  state = takeAnew(state, story, 2);
  assert.equal(state.outdated, true);
  assert.ok(idsOf(shownEntries(state)).includes(first.id));
  tick().retract(first);
  const timeline = fromSnapshot(story.epoch, story.snapshot(2));
  state = takeTimeline(state, { timeline, changes: story.changesSince(from).changes, isCatchUp: false }, START);
  assert.ok(!idsOf(shownEntries(state)).includes(first.id));
});

test("what waited before the reader left did not come meanwhile", () => {
  const { story, tick } = storyOf(2);
  let state = open(story.snapshot(), IN_MIDST);
  state = take(state, tick().publish());
  state = moveReader(state, { visible: false }, START);
  state = moveReader(state, { visible: true }, START + 2 * ABSENCE_MIN_MS);
  assert.equal(leftOff(showPending(state, START)), null);
});

test("a glance away does not take away what was said of a longer absence", () => {
  const { story, tick } = storyOf(2);
  let state = open(story.snapshot(), AT_TOP);
  state = moveReader(state, { visible: false }, START);
  state = take(state, tick().publish());
  state = moveReader(state, { visible: true }, START + 2 * ABSENCE_MIN_MS);
  const said = leftOff(state);
  assert.notEqual(said, null);
  state = moveReader(state, { visible: false }, START + 3 * ABSENCE_MIN_MS);
  state = moveReader(state, { visible: true }, START + 3 * ABSENCE_MIN_MS + 1_000);
  assert.deepEqual(leftOff(state), said);
});

test("who was away for a while finds what came meanwhile set apart; who only glanced away does not", () => {
  for (const [awayMs, isSetApart] of [
    [ABSENCE_MIN_MS - 1, false],
    [ABSENCE_MIN_MS, true],
  ] as const) {
    const { story, tick } = storyOf(2);
    const [newest] = story.entries;
    let state = open(story.snapshot(), AT_TOP);
    state = moveReader(state, { visible: false }, START + 2_000);
    state = take(state, tick().publish(), START + 3_000);
    assert.equal(leftOff(state), null);
    state = moveReader(state, { visible: true }, START + 2_000 + awayMs);
    assert.equal((leftOff(state) as Entry | null)?.id, isSetApart ? newest?.id : undefined);
  }
});

test("what comes after the return is not what came in the absence", () => {
  const { story, tick } = storyOf(2);
  let state = open(story.snapshot(), AT_TOP);
  state = moveReader(state, { visible: false }, START + 2_000);
  state = moveReader(state, { visible: true }, START + 2_000 + ABSENCE_MIN_MS);
  state = take(state, tick().publish(), START + 3_000 + ABSENCE_MIN_MS);
  assert.equal(leftOff(state), null);
});

test("what a page catches up with on return came in the absence, whatever the reader's clock says", () => {
  for (const [laterMs, isSetApart] of [
    [20_000, true],
    [5 * 60_000, false],
  ] as const) {
    const { story, tick } = storyOf(2);
    const [newest] = story.entries;
    const clock = START + 24 * 60 * 60_000;
    let state = open(story.snapshot(), AT_TOP);
    state = moveReader(state, { visible: false }, clock);
    state = moveReader(state, { visible: true }, clock + ABSENCE_MIN_MS);
    state = take(state, tick().publish(), clock + ABSENCE_MIN_MS + laterMs, { isCatchUp: true });
    assert.equal((leftOff(state) as Entry | null)?.id, isSetApart ? newest?.id : undefined);
  }
});

test("an announcement counts what waits, else what came in; never what was withdrawn before it was said", () => {
  const { story, tick } = storyOf(2);
  let state = open(story.snapshot(), AT_TOP);
  state = take(state, tick().publish());
  state = take(state, tick().publish());
  state = take(state, tick().retract(story.entries[0] as Entry));
  assert.equal(unannouncedCount(state), 1);
  state = announced(state);
  assert.equal(unannouncedCount(state), 0);
  state = moveReader(state, { atTop: false }, START);
  state = announced(take(state, tick().publish()));
  state = take(state, tick().publish());
  assert.equal(unannouncedCount(state), 2, "two wait, although one of them was said before");
});

/** What a reader does, and what happens to the story. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("story" as const), command: anyCommand }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("move" as const),
      move: fc.record({ atTop: fc.boolean(), visible: fc.boolean(), paused: fc.boolean() }, { requiredKeys: [] }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "show" as const }) },
);

test("[C3] never twice the same entry and never a wrong count, whatever happens to the story and the reader does", () => {
  fc.assert(
    fc.property(
      fc.array(anyCommand, { maxLength: 20 }),
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      (before, steps, size) => {
        const random = new RandomStory();
        random.play(before);
        const snapshot = random.story.snapshot(size);
        let state = open(snapshot, AT_TOP);
        const notes = new ReaderNotes(snapshot);
        for (const next of steps) {
          if (next.kind === "story") {
            random.play([next.command]);
            state = take(state, random.ranges.at(-1) as Changes);
          } else if (next.kind === "move") state = moveReader(state, next.move as Partial<Reader>, START);
          else state = showPending(state, START);
          notes.follow(random.story.entries, state.reader, next.kind === "show");
          assert.deepEqual(idsOf(pendingEntries(state)), notes.waiting(random.story.entries));
          assert.deepEqual(idsOf(shownEntries(state)), notes.seen(random.story.entries));
        }
      },
    ),
    { numRuns: 400 },
  );
});

/** The same told the long way: a reader who writes down every entry and whether they have seen it. */
class ReaderNotes {
  readonly #seen = new Set<string>();
  readonly #waiting = new Set<string>();
  readonly #floor: EntryKey | null;
  #highest: EntryKey | null = null;

  constructor({ entries, older }: Snapshot) {
    this.#floor = (older && entries.at(-1)) || null;
    for (const entry of entries) this.#see(entry);
  }

  follow(entries: readonly Entry[], { atTop, visible, paused }: Reader, asked: boolean): void {
    for (const entry of entries) {
      if (this.#seen.has(entry.id) || this.#waiting.has(entry.id) || this.#isBelow(entry)) continue;
      if (this.#highest === null || compareEntries(entry, this.#highest) < 0) this.#waiting.add(entry.id);
      else this.#seen.add(entry.id);
    }
    if (!asked && !(atTop && visible && !paused)) return;
    for (const entry of entries) if (this.#waiting.delete(entry.id)) this.#see(entry);
  }

  seen(entries: readonly Entry[]): string[] {
    return idsOf(entries).filter((id) => this.#seen.has(id));
  }

  waiting(entries: readonly Entry[]): string[] {
    return idsOf(entries).filter((id) => this.#waiting.has(id));
  }

  #see(entry: Entry): void {
    this.#seen.add(entry.id);
    if (this.#highest === null || compareEntries(entry, this.#highest) < 0) this.#highest = entry;
  }

  #isBelow(entry: Entry): boolean {
    return this.#floor !== null && compareEntries(entry, this.#floor) > 0;
  }
}
