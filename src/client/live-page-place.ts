import { titleId } from "../view/entry-article.tsx";

/**
 * Draws a page anew without taking it from under the reader's eyes. Browsers' own scroll anchoring is switched off: not
 * all have it, and none knows that an entry was retracted.
 */

/** What may be moved by what changes above it, containers and what they contain. */
const BLOCKS = [
  ...[".story > *", ".story-header > *", ".story-body > *", ".story-main > *", ".updates > *", ".pinned > *"],
  ...[".timeline > li", ".entry", ".entry > *", ".entry-footer > *", ".moment"],
].join();
/** What an eye may rest on. Not the jump list: it may hang beside the text and stay when the text scrolls. */
const LINES = ":is(.story-header, .pinned, .entry) > *, .prose > *, .section-heading, .paging, .topics";

const SLIDE_MS = 450;
const SLIDE_EASING = "cubic-bezier(0.2, 0.7, 0.2, 1)";
/** Where motion is unwelcome things change place at once; but only once they are drawn, see {@link slide}. */
const STEP_MS = 50;
/** In a tab that is hidden meanwhile, animations do not end. */
const SLIDE_MAX_MS = 1_000;
const FRAME_MS = 50;

/** [C3] For a reader in the midst of the page: whatever changes, the line in view stays where it is. */
export function keepLine(root: HTMLElement, draw: () => void): void {
  const lines = linesInView(root).map((line) => ({ top: topOf(line), find: finder(line) }));
  const moments = tops(root, ".moment");
  draw();
  for (const { top, find } of lines) {
    const line = find();
    if (!line) continue;
    holdLine(line, top);
    break;
  }
  slideFrom(moments);
}

/**
 * How far the line is from where it belongs, in pixels: browsers scroll by whole ones of the screen, and a reader who
 * stays for a hundred updates would be carried away by the fractions.
 */
let drift = 0;

function holdLine(line: Element, top: number): void {
  const home = top - drift;
  scrollBy({ top: topOf(line) - home, behavior: "instant" });
  const left = topOf(line) - home;
  // More than a fraction: the page ends there, and the line has a new home.
  drift = Math.abs(left) < 1 ? left : 0;
}

/** From the first line that begins in view downwards, then those that began above. */
function linesInView(root: HTMLElement): Element[] {
  const lines = [...root.querySelectorAll(LINES)].filter((line) => isInView(line));
  return [...lines.filter((line) => topOf(line) >= 0), ...lines.filter((line) => topOf(line) < 0).reverse()];
}

/** Finds a line again, also if its entry was revised and all its text was set anew. */
function finder(line: Element): () => Element | undefined {
  const { tagName, textContent } = line;
  const anchor = line.closest("article")?.id;
  return () => {
    if (line.isConnected) return line;
    const entry = anchor ? document.getElementById(anchor) : null;
    return [...(entry?.querySelectorAll(tagName) ?? [])].find((other) => other.textContent === textContent);
  };
}

/**
 * For a reader at the top of the page: what makes room does so gently. Everything is first held where it was by a
 * transform, then let go, so that there never is a layout shift.
 *
 * @returns when the next one may begin, null if at once: Chromium counts a shift where a block is moved that is still
 *   sliding, though nobody sees one.
 */
export function slide(root: HTMLElement, draw: () => void): Promise<void> | null {
  const before = tops(root, BLOCKS);
  draw();
  const slides = slideFrom(before);
  if (!isCalm()) fadeIn([...root.querySelectorAll(".timeline > li")].filter((item) => !before.has(item)));
  return slides.length > 0 ? still(slides) : null;
}

async function still(slides: Animation[]): Promise<void> {
  await Promise.race([Promise.allSettled(slides.map(({ finished }) => finished)), pause(SLIDE_MAX_MS)]);
  await pause(FRAME_MS);
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

function fadeIn(items: Element[]): void {
  const timing = { duration: SLIDE_MS, delay: SLIDE_MS / 3, fill: "backwards" } as const;
  for (const item of items) if (isInView(item)) item.animate({ opacity: [0, 1] }, timing);
}

function slideFrom(before: Map<Element, number>): Animation[] {
  const offsets = new Map<Element, number>();
  for (const [block, top] of before) if (block.isConnected) offsets.set(block, top - topOf(block));
  return [...offsets].flatMap(([block, offset]) => {
    const own = offset - containerOffset(block, offsets);
    return own === 0 ? [] : [release(block, own)];
  });
}

/** How far a block is moved already by what it stands in. */
function containerOffset(block: Element, offsets: Map<Element, number>): number {
  for (let outer = block.parentElement; outer; outer = outer.parentElement) {
    const offset = offsets.get(outer);
    if (offset !== undefined) return offset;
  }
  return 0;
}

/** Goes to an entry and puts the keyboard and the screen reader there too. */
export function showEntry(id: string): void {
  const title = document.getElementById(titleId({ id }));
  if (!title) return;
  const isNear = Math.abs(topOf(title)) < 2 * innerHeight;
  title.focus({ preventScroll: true });
  title.closest("article")?.scrollIntoView({ behavior: isNear && !isCalm() ? "smooth" : "instant" });
}

function release(block: Element, offset: number): Animation {
  const held = `translateY(${offset}px)`;
  if (isCalm()) return block.animate({ transform: [held, held] }, STEP_MS);
  return block.animate({ transform: [held, "none"] }, { duration: SLIDE_MS, easing: SLIDE_EASING });
}

/** Of all that is in view or may come into view by what happens. */
function tops(root: HTMLElement, selector: string): Map<Element, number> {
  const blocks = [...root.querySelectorAll(selector)].filter((block) => isInView(block, innerHeight));
  return new Map(blocks.map((block) => [block, topOf(block)]));
}

function isCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function topOf(element: Element): number {
  return element.getBoundingClientRect().top;
}

function isInView(element: Element, margin = 0): boolean {
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > 0 && bottom > -margin && top < innerHeight + margin;
}
