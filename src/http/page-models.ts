import { retractedProblem } from "../editorial/stories.ts";
import type { StoryFeed } from "../feed/story-feed.ts";
import type { LivePageModel } from "../pages/live-page.tsx";
import { type EntryKey, formatCursor } from "../protocol/entry-order.ts";
import { Problem } from "../protocol/problem.ts";
import type { Entry } from "../protocol/shapes.ts";
import { isTombstone, type Timeline, toSnapshot } from "../protocol/timeline.ts";
import { isStoreAway } from "./problems.ts";

const ENTRIES_PER_PAGE = 30;

export type StoryPart = Omit<LivePageModel, "site" | "publisher" | "assets" | "preview">;
/** Which page of a story: the one that holds an entry, the one below a cursor, or else the newest. */
export type PageChoice = { entryId: string | null; before: EntryKey | null };

/** @throws Problem when the entry that was asked for is not there, or not any more. */
export async function livePageModel(feed: StoryFeed, timeline: Timeline, choice: PageChoice): Promise<StoryPart> {
  const { pinnedEntryId } = timeline.story;
  const newest = toSnapshot(timeline, ENTRIES_PER_PAGE);
  const below = await startOf(feed, newest.entries, choice);
  const snapshot = below ? { ...newest, ...(await feed.pages.below(below, ENTRIES_PER_PAGE)) } : newest;
  const [first] = snapshot.entries;
  const key = await feed.keyEntries.read();
  const pinned = await pinnedEntry(feed, pinnedEntryId);
  return {
    snapshot,
    isNewestPage: below === null,
    before: below && formatCursor(below),
    newer: below && first ? await feed.pages.cursorAbove(first, ENTRIES_PER_PAGE) : null,
    pinned: pinned === "unknown" ? null : pinned,
    keyEntries: key.entries,
    isWhole: key.isWhole && pinned !== "unknown",
    entryId: choice.entryId,
  };
}

/** The key that the page begins below; null for the newest page. */
async function startOf(feed: StoryFeed, newest: Entry[], { entryId, before }: PageChoice): Promise<EntryKey | null> {
  if (entryId === null || newest.some(({ id }) => id === entryId)) return before;
  const entry = await feed.pages.entry(entryId);
  if (!entry) throw new Problem("not_found", "There is no such update in this story.");
  if (isTombstone(entry)) throw retractedProblem();
  // Just above the entry, so that the page begins with it.
  return { publishedAt: entry.publishedAt, firstSeq: entry.firstSeq + 1 };
}

/** A page without it is better than none: it is looked for again once the store is back. */
async function pinnedEntry(feed: StoryFeed, id: string | null): Promise<Entry | null | "unknown"> {
  if (id === null) return null;
  try {
    const entry = await feed.pages.entry(id);
    return entry && !isTombstone(entry) ? entry : null;
  } catch (error) {
    if (isStoreAway(error)) return "unknown";
    throw error;
  }
}
