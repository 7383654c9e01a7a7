import type { Entry, Snapshot } from "../protocol/shapes.ts";
import type { KeyMoment } from "./key-moments.tsx";
import type { LiveStoryProps } from "./live-story.tsx";
import { stringsFor } from "./strings.ts";

/** What the browser needs to go on where the server stopped. */
export type PageState = {
  snapshot: Snapshot;
  /** Wherever it stands in the story. */
  pinned: Entry | null;
  /** Of the whole story, newest first. */
  keyMoments: KeyMoment[];
  /** Whether these are all: not while the store was away. */
  isWhole: boolean;
  /** Cursor of the page above; null when that is the newest page. */
  newer: string | null;
  /** Whether the page begins with the newest entry of the story. */
  isNewestPage: boolean;
  /** The entry that a permalink asked for. */
  entryId: string | null;
  publisherName: string;
};

/** Of a view that shows the newest entries and mentions no others. */
export const NEWEST_ONLY: Omit<PageState, "snapshot" | "publisherName"> = {
  ...{ pinned: null, keyMoments: [], isWhole: true, newer: null, isNewestPage: true, entryId: null },
};

/** The element that carries the state, and the one that the story is drawn into. */
export const STATE_ID = "dateline-state";
export const STORY_ID = "dateline-story";

/** As it travels in the page, as JSON: without the texts that the page itself shows. */
export function withoutTexts(state: PageState): PageState {
  return withTexts(state, () => "");
}

/** @param textOf yields the HTML of an entry; of the background for null. */
export function withTexts(state: PageState, textOf: (entryId: string | null) => string): PageState {
  const { background, entries } = state.snapshot;
  const snapshot = {
    ...state.snapshot,
    background: background && { ...background, html: textOf(null) },
    entries: entries.map((entry) => ({ ...entry, html: textOf(entry.id) })),
  };
  return { ...state, snapshot };
}

/** The story as both sides draw it first: nothing in it that only a running page could keep true. */
export function firstProps({ snapshot, pinned, keyMoments, newer, isNewestPage, entryId }: PageState): LiveStoryProps {
  const { story, background, entries, older } = snapshot;
  return {
    ...{ story, background, entries, older, newer, isNewestPage, pinned, keyMoments },
    targetId: entryId,
    // An older page does not know when the story last changed.
    lastUpdate: isNewestPage ? lastUpdateOf(entries) : null,
    liveness: { kind: "unknown" },
    clock: { zone: story.timeZone, strings: stringsFor(story.language), now: null },
    live: null,
    preview: null,
  };
}

export function pageTitle(headline: string, publisherName: string): string {
  return `${headline} – ${publisherName}`;
}

/** When the newest change of any of the entries was made; null without entries. */
export function lastUpdateOf(entries: readonly Entry[]): string | null {
  return entries.reduce<string | null>((latest, { publishedAt, updatedAt }) => {
    const at = updatedAt ?? publishedAt;
    return latest === null || latest < at ? at : latest;
  }, null);
}
