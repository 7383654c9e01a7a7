import { titleId } from "../../view/entry-article.tsx";

/** The embed's own scrolling: a reader's line stays where it is, and the page around is never scrolled. */
export class EmbedScroll {
  readonly #stage: HTMLElement;
  readonly #sizes: ResizeObserver;
  #scroller: Element | null = null;

  /** @param onSize called when more or less of the list may fit than before. */
  constructor(stage: HTMLElement, onSize: () => void) {
    this.#stage = stage;
    // In the next frame: whoever changes sizes while they are being told gets an error onto the host page.
    this.#sizes = new ResizeObserver(() => requestAnimationFrame(onSize));
  }

  /** What does not fit, in CSS pixels. */
  get overflowPx(): number {
    const { scrollHeight = 0, clientHeight = 0 } = this.#scroller ?? {};
    return scrollHeight - clientHeight;
  }

  /** Draws without moving the entry that is being read, whatever grows or vanishes above it. */
  keepLine(draw: () => void): void {
    const line = this.#lineInSight();
    draw();
    this.#watch();
    if (!line || !this.#scroller) return;
    const still = line.find(({ id }) => this.#entry(id));
    const entry = still && this.#entry(still.id);
    if (entry) this.#scroller.scrollTop += entry.getBoundingClientRect().top - still.top;
  }

  toTop(): void {
    if (this.#scroller) this.#scroller.scrollTop = 0;
  }

  focusEntry(id: string): void {
    const title = this.#stage.querySelector<HTMLElement>(`#${titleId({ id })}`);
    title?.focus({ preventScroll: true });
  }

  close(): void {
    this.#sizes.disconnect();
  }

  /** From the first entry in sight on; null at the top, where the list itself is what is read. */
  #lineInSight(): { id: string; top: number }[] | null {
    if (!this.#scroller || this.#scroller.scrollTop === 0) return null;
    const { top } = this.#scroller.getBoundingClientRect();
    const entries = [...this.#scroller.querySelectorAll("article")].map((article) => ({
      id: article.id,
      ...{ top: article.getBoundingClientRect().top, bottom: article.getBoundingClientRect().bottom },
    }));
    return entries.filter(({ bottom }) => bottom > top);
  }

  #entry(anchor: string): Element | null {
    return this.#scroller?.querySelector(`#${CSS.escape(anchor)}`) ?? null;
  }

  #watch(): void {
    const scroller = this.#stage.querySelector(".embed-updates");
    if (scroller === this.#scroller) return;
    this.#sizes.disconnect();
    this.#scroller = scroller;
    if (!scroller) return;
    this.#sizes.observe(scroller);
    for (const list of scroller.children) this.#sizes.observe(list);
  }
}
