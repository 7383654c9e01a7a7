import { compareEntries, type EntryKey, formatCursor, indexInOrder, parseCursor } from "./entry-order.ts";
import { judgeRange } from "./range.ts";
import type { Background, Change, Changes, Entry, Snapshot, Story, Tombstone } from "./shapes.ts";

/**
 * What a reader holds of a story: a window of its newest entries, and all it needs to merge whatever arrives next.
 * A value: every function here returns a new one, or the same one when nothing changed.
 */
export type Timeline = {
  readonly epoch: string;
  readonly seq: number;
  readonly position: string;
  readonly story: Story;
  readonly background: Background | null;
  /** Newest first: every entry that sorts at or above the window's floor. */
  readonly entries: readonly Entry[];
  /** All entries of the story, also those below the window. */
  readonly total: number;
  /** Cursor of what lies below the window, null when nothing does. */
  readonly older: string | null;
  readonly merging: Merging;
};

type Merging = {
  /** All changes up to here are accounted for in `entries` and `total`, also those of entries below the window. */
  readonly baseSeq: number;
  /** Where the window ends; null when it holds everything. */
  readonly floor: EntryKey | null;
  /** The latest change of the background, which may have removed it; seq 0 when there never was one. */
  readonly backgroundChange: { seq: number; at: string };
  /** Latest known form of every entry, also of retracted ones and of those below the floor. */
  readonly items: ReadonlyMap<string, Entry | Tombstone>;
};

/**
 * @param known what else is known to whoever also answers for the past: latest forms of items that the snapshot does
 *   not show, and when the background changed last.
 */
export function fromSnapshot(
  epoch: string,
  snapshot: Snapshot,
  known: { items: readonly (Entry | Tombstone)[]; backgroundChange: { seq: number; at: string } } = {
    items: [],
    backgroundChange: { seq: snapshot.background?.seq ?? 0, at: snapshot.story.updatedAt },
  },
): Timeline {
  const { story, background, entries, total, older, seq, position } = snapshot;
  const last = entries.at(-1);
  return {
    ...{ epoch, seq, position, story, background, entries, total, older },
    merging: {
      baseSeq: seq,
      floor: older === null ? null : (parseCursor(older) ?? (last ? keyOf(last) : null)),
      backgroundChange: known.backgroundChange,
      items: new Map([...known.items, ...entries].map((item) => [item.id, item])),
    },
  };
}

export type Reception = { outcome: "applied" | "known" | "hole"; timeline: Timeline };

/** Takes one delivery. A `hole` leaves the timeline as it was: the reader asks again with its position. */
export function receive(timeline: Timeline, epoch: string, delivery: Changes): Reception {
  if (epoch !== timeline.epoch) return { outcome: "hole", timeline };
  const judgement = judgeRange(timeline.seq, delivery);
  if (judgement !== "next") return { outcome: judgement, timeline };
  const merged = merge(timeline, delivery.changes);
  return { outcome: "applied", timeline: { ...merged, seq: delivery.to, position: delivery.position } };
}

/**
 * The merge rule: per item, the newer seq wins. Indifferent to order and repetition. Kinds from a later version of the
 * protocol are passed over. Does not move `seq`: that is the range's to say.
 */
export function merge(timeline: Timeline, changes: readonly Change[]): Timeline {
  const { baseSeq } = timeline.merging;
  const items = new Map(timeline.merging.items);
  const touched = new Set<string>();
  let { story, background, total } = timeline;
  let { backgroundChange } = timeline.merging;

  const put = (item: Entry | Tombstone) => {
    const held = items.get(item.id);
    if (held && held.seq >= item.seq) return;
    const counted = held ? !isTombstone(held) : item.firstSeq <= baseSeq;
    total += Number(!isTombstone(item)) - Number(counted);
    items.set(item.id, item);
    touched.add(item.id);
  };
  for (const change of changes) {
    if (change.seq <= baseSeq) continue;
    if (change.kind === "entry") put(change.entry);
    else if (change.kind === "retraction") put(change.tombstone);
    else if (change.kind === "story" && change.seq > story.seq) story = change.story;
    else if (change.kind === "background" && change.seq > backgroundChange.seq) {
      background = change.background;
      backgroundChange = { seq: change.seq, at: change.at };
    }
  }
  const entries = touched.size > 0 ? place(timeline, items, touched) : timeline.entries;
  return { ...timeline, story, background, entries, total, merging: { ...timeline.merging, backgroundChange, items } };
}

function place(timeline: Timeline, items: Merging["items"], touched: ReadonlySet<string>): Entry[] {
  const { floor } = timeline.merging;
  // Most of what arrives is new, and need not be looked for among all the others.
  const isHeld = [...touched].some((id) => timeline.merging.items.has(id));
  const entries = isHeld ? timeline.entries.filter((entry) => !touched.has(entry.id)) : [...timeline.entries];
  for (const id of touched) {
    const item = items.get(id);
    if (!item || isTombstone(item) || (floor && compareEntries(item, floor) > 0)) continue;
    entries.splice(indexInOrder(entries, item), 0, item);
  }
  return entries;
}

export function isTombstone(item: Entry | Tombstone): item is Tombstone {
  return "retracted" in item;
}

/** Whether the newsroom marked it as more than an update. */
export function isKeyEntry({ importance }: Pick<Entry, "importance">): boolean {
  return importance !== "normal";
}

function keyOf({ publishedAt, firstSeq }: EntryKey): EntryKey {
  return { publishedAt, firstSeq };
}

/**
 * Whether an entry is news to a reader who started at `startSeq` with `newest` on top (null: nothing): one that was
 * first published since and stands above all it had. A backdated import is not news.
 */
export function isNew(entry: Entry, startSeq: number, newest: EntryKey | null): boolean {
  return entry.firstSeq > startSeq && (newest === null || compareEntries(entry, newest) < 0);
}

/** The timeline as a snapshot of its newest `limit` entries. */
export function toSnapshot(timeline: Timeline, limit: number): Snapshot {
  const { story, background, total, seq, position } = timeline;
  const entries = timeline.entries.slice(0, limit);
  const last = entries.at(-1);
  const older = last && timeline.entries.length > limit ? formatCursor(last) : timeline.older;
  return { story, background, entries, total, older, seq, position };
}

/** Keeps the newest `limit` entries and whatever changed after `sinceSeq`; the rest is left to the store. */
export function trim(timeline: Timeline, limit: number, sinceSeq: number): Timeline {
  const { entries, older } = toSnapshot(timeline, limit);
  const last = entries.at(-1);
  const kept = new Set(entries.map((entry) => entry.id));
  const items = new Map([...timeline.merging.items].filter(([id, item]) => kept.has(id) || item.seq > sinceSeq));
  // With all of the window retracted its floor stays: what lies below is not in it.
  const floor = older === null ? null : last ? keyOf(last) : timeline.merging.floor;
  return { ...timeline, entries, older, merging: { ...timeline.merging, baseSeq: timeline.seq, floor, items } };
}

/** Everything touched after `seq`, each item once in its latest form, ascending. Exact as far back as items are kept. */
export function changesAfter(timeline: Timeline, seq: number): Change[] {
  const { story, background, merging } = timeline;
  const changes: Change[] = [];
  if (story.seq > seq) changes.push({ kind: "story", seq: story.seq, at: story.updatedAt, story });
  if (merging.backgroundChange.seq > seq) changes.push({ kind: "background", ...merging.backgroundChange, background });
  for (const item of merging.items.values()) {
    if (item.seq > seq) changes.push(changeOf(item));
  }
  return changes.sort((a, b) => a.seq - b.seq);
}

function changeOf(item: Entry | Tombstone): Change {
  if (isTombstone(item)) return { kind: "retraction", seq: item.seq, at: item.retractedAt, tombstone: item };
  return { kind: "entry", seq: item.seq, at: item.updatedAt ?? item.publishedAt, entry: item };
}
