import type { Snapshot } from "../protocol/shapes.ts";
import type { Timeline } from "../protocol/timeline.ts";

/** What the head says of the story, of its entries and of the one that a permalink asked for. */
const CONTENT = 'script[type="application/ld+json"], meta[name="description"], meta[property^="og:"]';
const TOLD = `${CONTENT}, meta[name], meta[property], link[rel="alternate"], link[rel="canonical"]`;

/** Whether all that was told is still so. New entries do not change it. */
export function isStillSo(told: Snapshot, { story, background, entries }: Timeline): boolean {
  const seqs = new Map(entries.map(({ id, seq }) => [id, seq]));
  return (
    told.story.seq === story.seq &&
    told.background?.seq === background?.seq &&
    told.entries.every(({ id, seq }) => seqs.get(id) === seq)
  );
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
