import type { Entry } from "../protocol/shapes.ts";

/**
 * What a retraction has to take out of the page besides the entry: what it says of itself to machines is still there
 * when somebody saves or prints the page.
 */
export function eraseRetracted(entries: readonly Entry[]): void {
  const script = document.querySelector('script[type="application/ld+json"]');
  if (!script?.textContent) return;
  const urls = new Set(entries.map(({ url }) => url));
  const posting = JSON.parse(script.textContent) as { liveBlogUpdate: { url: string }[] };
  // As a whole: Trusted Types take the text of a script for a script, also where it is data.
  if (posting.liveBlogUpdate.some(({ url }) => !urls.has(url))) script.remove();
}

const TOLD =
  'script[type="application/ld+json"], meta[name], meta[property], link[rel="alternate"], link[rel="canonical"]';

/** What the head says of the one entry that a permalink asked for. */
export function eraseShared(): void {
  for (const told of document.querySelectorAll('meta[name="description"], meta[property^="og:"]')) told.remove();
}

/** For a story that was taken down. */
export function eraseMetadata(): void {
  for (const told of document.querySelectorAll(TOLD)) {
    if (told.getAttribute("name") !== "viewport" && told.getAttribute("name") !== "color-scheme") told.remove();
  }
}
