import { entryAnchor } from "../protocol/links.ts";
import { type PageState, STATE_ID, withTexts } from "../view/page-state.ts";

/** What the server drew, as a value: the texts are read from the page itself. Null on a page without a state. */
export function takeOpened(root: HTMLElement): PageState | null {
  const script = document.getElementById(STATE_ID);
  // Taken away, so that nothing of it outlives a retraction.
  script?.remove();
  if (!script?.textContent) return null;
  return withTexts(JSON.parse(script.textContent) as PageState, (entryId) => {
    const shown = entryId ? `#${entryAnchor(entryId)} > .entry-text` : ".background-text";
    return root.querySelector(shown)?.innerHTML ?? "";
  });
}

const STATE = new RegExp(`<script id="${STATE_ID}"[^>]*>([^<]*)</script>`);

/** What the server says in a page that is not shown, without its texts. Null when it is no page of a story. */
export function readDrawn(html: string): PageState | null {
  const [, json] = STATE.exec(html) ?? [];
  return json ? (JSON.parse(json) as PageState) : null;
}
