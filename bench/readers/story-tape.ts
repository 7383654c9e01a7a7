/** The changes above `from` up to `to`. */
export type Range = { from: number; to: number };

/** Readers that are further behind than that parse for themselves. */
const KEPT = 512;

/**
 * What the readers of one story are told. Each distinct message is parsed once; whoever hears the same bytes while it
 * waits for them only compares. That checks every byte of every delivery, and costs less than parsing.
 */
export class StoryTape {
  readonly story: string;
  readonly #byStart = new Map<number, { bytes: Buffer; to: number }>();
  /** Where all readers have to arrive, and how many have not. */
  target = 0;
  behind = 0;

  constructor(story: string) {
    this.story = story;
  }

  /** @returns where these bytes bring a reader that stands at `seq`; undefined if nobody has heard them there. */
  follow(seq: number, bytes: Buffer): number | undefined {
    const known = this.#byStart.get(seq);
    return known?.bytes.equals(bytes) ? known.to : undefined;
  }

  /** @param bytes are copied. */
  learn({ from, to }: Range, bytes: Buffer): void {
    if (this.#byStart.has(from)) return;
    this.#byStart.set(from, { bytes: Buffer.from(bytes), to });
    if (this.#byStart.size <= KEPT) return;
    const [oldest] = this.#byStart.keys();
    if (oldest !== undefined) this.#byStart.delete(oldest);
  }
}
