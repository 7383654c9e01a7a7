import { compareEntries, type EntryKey, formatCursor } from "../protocol/entry-order.ts";
import { parsePosition } from "../protocol/position.ts";
import type { Change, Entry, Snapshot } from "../protocol/shapes.ts";
import { fromSnapshot, isKeyEntry, isNew, isTombstone, merge, type Timeline } from "../protocol/timeline.ts";
import { type KeyMoment, keyMomentOf, listed, MOMENTS_MAX } from "../view/key-moments.tsx";
import type { PageState } from "../view/page-state.ts";
import { type Absence, catchUp, comeBack, leave } from "./live-page-absence.ts";

/**
 * What a reader has in front of them, as a value. The timeline is always the newest; how much of it is shown follows
 * from one key, `top`: what sorts at or below it is on the page, what sorts above it waits. So an entry cannot be there
 * twice, and a count cannot be wrong.
 */
export type LivePageState = {
  readonly timeline: Timeline;
  /** Entries that may stand outside of the timeline's window, in their latest form. */
  readonly elsewhere: ReadonlyMap<string, Entry>;
  /** Of the whole story, but for what `momentsSince` says. */
  readonly moments: ReadonlyMap<string, KeyMoment>;
  /** The seq from which on key moments are known below the window too, as soon as they are looked up; null: they are. */
  readonly momentsSince: number | null;
  readonly page: Page;
  /** The newest entry that was ever shown, also if it is gone. Null while there was none. */
  readonly top: EntryKey | null;
  readonly reader: Reader;
  /** Entries that came onto the open page, and when. */
  readonly freshSince: ReadonlyMap<string, number>;
  readonly unannounced: ReadonlySet<string>;
  readonly absence: Absence | null;
  /** An older page that can no longer be told what has become of its entries. Nothing helps but loading it again. */
  readonly outdated: boolean;
};

type Page = {
  readonly isNewest: boolean;
  readonly epoch: string;
  /** Entries first published after it are new to this page. */
  readonly startSeq: number;
  /** Where the page ends; null when it ends with the story. */
  readonly floor: EntryKey | null;
  /** Cursor of the page above this one; null when that is the newest page. */
  readonly newer: string | null;
};

export type Reader = { readonly atTop: boolean; readonly visible: boolean; readonly paused: boolean };

/** Longer than any first page and than what a reader who was away is given at once. */
export const PAGE_ENTRIES_MAX = 300;
export const PAGE_ENTRIES_KEPT = 200;
/** How long an entry is marked as new. */
export const FRESH_MS = 60_000;

export function openPage(opened: PageState, reader: Reader): LivePageState {
  const { snapshot, pinned, keyMoments: moments, isWhole, newer, isNewestPage } = opened;
  const epoch = epochOf(snapshot);
  const last = snapshot.entries.at(-1);
  return {
    timeline: fromSnapshot(epoch, snapshot),
    elsewhere: new Map(pinned ? [[pinned.id, pinned]] : []),
    moments: byId(moments),
    momentsSince: isWhole ? null : snapshot.seq,
    page: {
      isNewest: isNewestPage,
      epoch,
      // The newest page has seen all there is; and a story that was restored from a backup may count from lower again.
      startSeq: isNewestPage ? 0 : snapshot.seq,
      floor: (snapshot.older && last) || null,
      newer,
    },
    top: snapshot.entries[0] ?? null,
    reader,
    freshSince: new Map(),
    unannounced: new Set(),
    absence: null,
    outdated: false,
  };
}

function epochOf({ position }: Snapshot): string {
  return parsePosition(position)?.epoch ?? "";
}

export type Arrival = {
  timeline: Timeline;
  /** What led from the last timeline to this one; null when the story was taken anew. */
  changes: readonly Change[] | null;
  /** Whether it was missed before, because the page was not connected. */
  isCatchUp: boolean;
};

export function takeTimeline(state: LivePageState, arrival: Arrival, now: number): LivePageState {
  const { timeline, changes, isCatchUp } = arrival;
  if (!state.page.isNewest && !isSamePage(state.page, timeline)) return outdate(state, changes ?? []);
  const before = new Set(pendingEntries(state).map(({ id }) => id));
  const moments = changes ? followMoments(state.moments, changes) : momentsOf(timeline);
  const momentsSince = changes ? whenCut(state, moments, timeline.seq) : timeline.older !== null ? timeline.seq : null;
  const elsewhere = followElsewhere({ ...state, timeline }, changes);
  const absence = isCatchUp ? catchUp(state.absence, timeline.seq, now) : state.absence;
  const next = { ...state, timeline, moments, momentsSince, elsewhere, absence };
  const arrived = pendingEntries(next).filter(({ id }) => !before.has(id));
  const unannounced =
    arrived.length > 0 ? new Set([...state.unannounced, ...arrived.map(({ id }) => id)]) : state.unannounced;
  return settle({ ...next, unannounced }, now);
}

function isSamePage({ epoch, floor }: Page, { epoch: epochNow, merging }: Timeline): boolean {
  const reachesFloor = merging.floor === null || (floor !== null && compareEntries(merging.floor, floor) >= 0);
  return epoch === epochNow && reachesFloor;
}

/** Until it is loaded again, at least nothing stays on it that was withdrawn. [S6] */
function outdate(state: LivePageState, changes: readonly Change[]): LivePageState {
  const retractions = changes.filter(({ kind }) => kind === "retraction");
  return { ...state, timeline: merge(state.timeline, retractions), outdated: true };
}

function followElsewhere({ elsewhere, timeline }: LivePageState, changes: readonly Change[] | null) {
  // Taken anew, the story says nothing about entries below its window: what was withdrawn meanwhile must not stay.
  const entries = new Map(changes ? elsewhere : []);
  for (const change of changes ?? []) {
    if (change.kind === "retraction") entries.delete(change.tombstone.id);
    else if (change.kind === "entry" && isMentioned(change.entry)) entries.set(change.entry.id, change.entry);
  }
  return entries;

  function isMentioned({ id }: Entry): boolean {
    return entries.has(id) || id === timeline.story.pinnedEntryId;
  }
}

function momentsOf({ entries }: Timeline): LivePageState["moments"] {
  return byId(entries.filter(isKeyEntry).map(keyMomentOf));
}

function followMoments(moments: LivePageState["moments"], changes: readonly Change[]): LivePageState["moments"] {
  const next = new Map(moments);
  for (const change of changes) {
    if (change.kind === "retraction") next.delete(change.tombstone.id);
    else if (change.kind === "entry" && isKeyEntry(change.entry)) next.set(change.entry.id, keyMomentOf(change.entry));
    else if (change.kind === "entry") next.delete(change.entry.id);
  }
  return next;
}

/** A list that was full did not say what comes next. Once it has room again, that is to be looked up. */
function whenCut({ moments, momentsSince }: LivePageState, next: LivePageState["moments"], seq: number): number | null {
  return moments.size >= MOMENTS_MAX && next.size < MOMENTS_MAX ? seq : momentsSince;
}

function byId(moments: readonly KeyMoment[]): Map<string, KeyMoment> {
  return new Map(moments.map((moment) => [moment.id, moment]));
}

/** Whatever a page that was drawn since says of entries that this one has not heard of. */
export function takeMoments(
  state: LivePageState,
  { snapshot, keyMoments, isWhole }: Pick<PageState, "snapshot" | "keyMoments" | "isWhole">,
): LivePageState {
  const { timeline, moments, momentsSince } = state;
  if (momentsSince === null || !isWhole || epochOf(snapshot) !== timeline.epoch || snapshot.seq < momentsSince)
    return state;
  const below = keyMoments.filter(({ id }) => !timeline.merging.items.has(id));
  return { ...state, moments: byId([...moments.values(), ...below]), momentsSince: null };
}

/** An entry that was looked up because the story mentions it. */
export function takeEntry(state: LivePageState, entry: Entry): LivePageState {
  const known = state.timeline.merging.items.get(entry.id) ?? state.elsewhere.get(entry.id);
  if (known && known.seq >= entry.seq) return state;
  return { ...state, elsewhere: new Map(state.elsewhere).set(entry.id, entry) };
}

export function moveReader(state: LivePageState, move: Partial<Reader>, now: number): LivePageState {
  const reader = { ...state.reader, ...move };
  return settle({ ...state, reader, absence: absenceAfter(state, reader.visible, now) }, now);
}

function absenceAfter({ absence, reader, top, timeline }: LivePageState, visible: boolean, now: number) {
  if (visible === reader.visible) return absence;
  return visible ? comeBack(absence, timeline.seq, now) : leave(absence, top, timeline.seq, now);
}

/** Who is at the top and looking gets new entries at once; for everybody else nothing moves. */
function settle(state: LivePageState, now: number): LivePageState {
  const { atTop, visible, paused } = state.reader;
  const isWatching = state.page.isNewest && atTop && visible;
  const shown = isWatching && !paused ? showPending(state, now) : state;
  return isWatching ? shorten(shown) : shown;
}

/** A page that stays open all night must not grow with every entry. Whoever is at its top does not see its end. */
function shorten(state: LivePageState): LivePageState {
  const entries = shownEntries(state);
  const last = entries[PAGE_ENTRIES_KEPT - 1];
  if (entries.length <= PAGE_ENTRIES_MAX || !last) return state;
  const { publishedAt, firstSeq } = last;
  return { ...state, page: { ...state.page, floor: { publishedAt, firstSeq } } };
}

export function showPending(state: LivePageState, now: number): LivePageState {
  const pending = pendingEntries(state);
  const [newest] = pending;
  if (!newest) return state;
  const freshSince = new Map(state.freshSince);
  for (const { id } of pending) freshSince.set(id, now);
  return { ...state, top: newest, freshSince };
}

export function forgetFresh(state: LivePageState, now: number): LivePageState {
  const freshSince = new Map([...state.freshSince].filter(([, since]) => now - since < FRESH_MS));
  return freshSince.size === state.freshSince.size ? state : { ...state, freshSince };
}

export function announced(state: LivePageState): LivePageState {
  return { ...state, unannounced: new Set() };
}

/** Newest first. On an older page they are only counted. */
export function pendingEntries({ timeline, page, top }: LivePageState): Entry[] {
  return timeline.entries.filter((entry) => isNew(entry, page.startSeq, top));
}

/** Newest first: from `top` down to where the page ends. */
export function shownEntries({ timeline, page, top }: LivePageState): Entry[] {
  if (!top) return [];
  return timeline.entries.filter(
    (entry) => compareEntries(entry, top) >= 0 && (!page.floor || compareEntries(entry, page.floor) <= 0),
  );
}

/** How many of the timeline's newest entries the page still needs. */
export function entriesWanted({ timeline, page: { floor } }: LivePageState): number {
  return floor ? timeline.entries.filter((entry) => compareEntries(entry, floor) <= 0).length : timeline.entries.length;
}

export function olderCursor({ timeline, page: { floor } }: LivePageState): string | null {
  const last = timeline.entries.at(-1);
  return floor && last && compareEntries(last, floor) > 0 ? formatCursor(floor) : timeline.older;
}

export function pinnedEntry({ timeline, elsewhere }: LivePageState): Entry | null {
  const id = timeline.story.pinnedEntryId ?? "";
  // Also where it stands below the window, and was only heard of.
  const known = timeline.merging.items.get(id);
  if (known) return isTombstone(known) ? null : known;
  return elsewhere.get(id) ?? null;
}

/** The entry that the story pins and this page never saw. */
export function missingPinnedId(state: LivePageState): string | null {
  return pinnedEntry(state) ? null : state.timeline.story.pinnedEntryId;
}

export function keyMoments({ moments }: LivePageState): KeyMoment[] {
  return listed(moments.values());
}

/** What the divider "since you left" stands above: the newest entry of then, if anything came in between. */
export function leftOff(state: LivePageState): EntryKey | null {
  const { top = null, until = null, fromSeq = 0, seq = 0 } = state.absence ?? {};
  if (!top || until === null) return null;
  const since = shownEntries(state).filter((entry) => compareEntries(entry, top) < 0);
  return since.some(({ firstSeq }) => firstSeq > fromSeq && firstSeq <= seq) ? top : null;
}

/** How many new updates to speak of: all that wait, or those that came in by themselves; 0 when it was said. */
export function unannouncedCount(state: LivePageState): number {
  const unsaid = state.timeline.entries.filter(({ id }) => state.unannounced.has(id));
  return unsaid.length === 0 ? 0 : pendingEntries(state).length || unsaid.length;
}
