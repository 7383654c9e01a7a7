import { apiStoryUrl } from "../protocol/links.ts";
import type { Entry } from "../protocol/shapes.ts";
import type { LiveControls } from "../view/live-controls.ts";
import type { PageState } from "../view/page-state.ts";
import { readDrawn } from "./live-page-opened.ts";

/** Not every browser can, and on an insecure page hardly any. */
export function abilities(): LiveControls["can"] {
  return { copy: "clipboard" in navigator, share: "share" in navigator };
}

/** @returns whether it worked. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Opens the share sheet of the system. */
export async function share({ headline, url }: Entry): Promise<void> {
  try {
    await navigator.share({ title: headline ?? document.title, url });
  } catch {
    // The reader thought better of it.
  }
}

/** @returns null when it is gone, or cannot be had now. */
export async function lookUpEntry(slug: string, id: string): Promise<Entry | null> {
  try {
    const answer = await fetch(`${apiStoryUrl("", slug)}/entries/${id}`);
    return answer.ok ? ((await answer.json()) as Entry) : null;
  } catch {
    return null;
  }
}

/** @returns what the story's page says as it is drawn now, without its texts; null when it cannot be had. */
export async function lookUpPage(slug: string): Promise<PageState | null> {
  try {
    const answer = await fetch(`/stories/${slug}`);
    return answer.ok ? readDrawn(await answer.text()) : null;
  } catch {
    return null;
  }
}
