import { compareEntries } from "../protocol/entry-order.ts";
import type { Entry, Snapshot, Story } from "../protocol/shapes.ts";
import type { Timeline } from "../protocol/timeline.ts";

/** What the head says of the story, of its entries and of the one that a permalink asked for. */
const CONTENT =
  'script[type="application/ld+json"], meta[name="description"], meta[property^="og:"], meta[property^="article:"], link[rel="alternate"]';
const TOLD = `${CONTENT}, meta[name], meta[property], link[rel="canonical"], .skip-link`;

/** Whether all that was told is still so. New entries do not change it. */
export function isStillSo(told: Snapshot, { story, background, merging }: Timeline): boolean {
  const isSame = (entry: Entry) => {
    const known = merging.items.get(entry.id);
    if (known) return known.seq === entry.seq;
    // Of what an open page has let go, nothing was heard.
    return merging.floor !== null && compareEntries(entry, merging.floor) > 0;
  };
  const isSameStory = told.story.seq === story.seq || wordsOf(told.story) === wordsOf(story);
  return isSameStory && told.background?.seq === background?.seq && told.entries.every(isSame);
}

/** All that the head says of a story: not what is pinned. */
function wordsOf({ headline, summary, status, image, authors, topics, coverageStart, coverageEnd }: Story): string {
  return JSON.stringify([headline, summary, status, image, authors, topics, coverageStart, coverageEnd]);
}

/**
 * For what was revised or withdrawn: what a page says of itself to machines is still there when somebody saves or prints
 * it. As a whole, since Trusted Types take the text of a script for a script, also where it is data.
 */
export function eraseContent(): void {
  for (const told of document.querySelectorAll(CONTENT)) told.remove();
}

/** For a story that was taken down. */
export function eraseMetadata(): void {
  for (const told of document.querySelectorAll(TOLD)) {
    if (told.getAttribute("name") !== "viewport" && told.getAttribute("name") !== "color-scheme") told.remove();
  }
}
