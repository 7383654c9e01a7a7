/** Sums the readers of a story over all nodes. @returns the sum; rejects while the store is away. */
export type ShareAudience = (slug: string, count: number, forMs: number) => Promise<number>;

/** With the 5 s between two tellings of a small audience: a dead node's readers are forgotten within 10 s. */
const SHARE_EVERY_MS = 1_500;
/** Longer than a node is ever busy with itself. */
const COUNTS_FOR_MS = 3_500;

/** How many read a story, here and on the other nodes. */
export class Audience {
  readonly #slug: string;
  readonly #share: ShareAudience;
  readonly #countHere: () => number;
  readonly #onChange: () => void;
  readonly #timer: NodeJS.Timeout;
  /** As of the last time that the store answered. */
  #elsewhere = 0;
  #closed = false;

  /** @param onChange told when the sum of the other nodes has changed. */
  constructor(slug: string, share: ShareAudience, countHere: () => number, onChange: () => void) {
    this.#onChange = onChange;
    this.#slug = slug;
    this.#share = share;
    this.#countHere = countHere;
    this.#timer = setInterval(() => void this.#tell(), SHARE_EVERY_MS).unref();
    // Once whoever opens the room has entered it.
    setImmediate(() => void this.#tell());
  }

  get count(): number {
    return this.#countHere() + this.#elsewhere;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    void this.#tell();
  }

  async #tell(): Promise<void> {
    const here = this.#closed ? 0 : this.#countHere();
    try {
      const sum = await this.#share(this.#slug, here, COUNTS_FOR_MS);
      const before = this.#elsewhere;
      this.#elsewhere = Math.max(0, sum - here);
      if (this.#elsewhere !== before && !this.#closed) this.#onChange();
    } catch {
      // The store is away: what others counted last is the best that is known.
    }
  }
}
