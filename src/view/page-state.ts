import { compareEntries } from "../protocol/entry-order.ts";
import type { Entry, Snapshot } from "../protocol/shapes.ts";
import { isKeyMoment } from "./key-moments.tsx";
import type { LiveStoryProps } from "./live-story.tsx";
import { stringsFor } from "./strings.ts";

/** What the browser needs to go on where the server stopped. Travels in the page as JSON. */
export type PageState = {
  snapshot: Snapshot;
  /** Entries that the page mentions but does not hold: the pinned one, key moments. */
  elsewhere: Entry[];
  /** Whether the page begins with the newest entry of the story. */
  isNewestPage: boolean;
  /** The entry that a permalink asked for. */
  entryId: string | null;
  publisherName: string;
};

/** The element that carries the state, and the one that the story is drawn into. */
export const STATE_ID = "dateline-state";
export const STORY_ID = "dateline-story";

/** The story as both sides draw it first: nothing in it that only a running page could keep true. */
export function firstProps({ snapshot, elsewhere, isNewestPage, entryId }: PageState): LiveStoryProps {
  const { story, background, entries, older } = snapshot;
  const known = distinct([...entries, ...elsewhere]);
  return {
    ...{ story, background, entries, older, isNewestPage },
    pinned: known.find(({ id }) => id === story.pinnedEntryId) ?? null,
    keyMoments: known.filter(isKeyMoment),
    targetId: entryId,
    lastUpdate: lastUpdateOf(entries),
    liveness: { kind: "unknown" },
    clock: { zone: story.timeZone, strings: stringsFor(story.language), now: null },
    live: null,
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

/** Each entry once, in its latest form, newest first. */
export function distinct(entries: readonly Entry[]): Entry[] {
  const latest = new Map<string, Entry>();
  for (const entry of entries) {
    const held = latest.get(entry.id);
    if (!held || held.seq < entry.seq) latest.set(entry.id, entry);
  }
  return [...latest.values()].sort(compareEntries);
}
