/** The changes above `from` up to `to`. */
export type Range = { from: number; to: number };

/** Readers that are further behind than that parse for themselves. */
const KEPT = 512;

/** A message, where it leads, and what it says. */
type Heard = { readonly bytes: Buffer; readonly to: number; readonly text: Buffer };

/**
 * What the readers of one story are told. Each distinct message is parsed once; whoever hears the same bytes while it
 * waits for them only compares. That checks every byte of every delivery, and costs less than parsing.
 */
export class StoryTape {
  readonly story: string;
  /** The same is said in other bytes to those who were told something else before. */
  readonly #byStart = new Map<number, Heard[]>();
  /** Where all readers have to arrive, and how many have not. */
  target = 0;
  behind = 0;

  constructor(story: string) {
    this.story = story;
  }

  /** @returns undefined if no reader that stood at `seq` has heard these bytes yet. */
  follow(seq: number, bytes: Buffer): Heard | undefined {
    return this.#byStart.get(seq)?.find((heard) => heard.bytes.equals(bytes));
  }

  /** @param bytes and `text` are copied. */
  learn({ from, to }: Range, bytes: Buffer, text: Buffer): void {
    const heard = { bytes: Buffer.from(bytes), to, text: Buffer.from(text) };
    this.#byStart.set(from, [...(this.#byStart.get(from) ?? []), heard]);
    if (this.#byStart.size <= KEPT) return;
    const [oldest] = this.#byStart.keys();
    if (oldest !== undefined) this.#byStart.delete(oldest);
  }
}
