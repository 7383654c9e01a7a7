/** Whoever lived less long did not die of something that happened, but of something that is so. */
const LIVED_MS = 10_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
const QUICK_DEATHS_MAX = 5;

/** When a worker that died is replaced. Counts deaths of all workers of the node. */
export class Restarts {
  #quickDeaths = 0;

  /**
   * @param livedMs since it was started.
   * @param othersServe then there is always something to wait for: they have readers, and show them the last state.
   * @returns milliseconds to wait before the next is started; null: it is in vain.
   */
  afterDeath(livedMs: number, othersServe: boolean): number | null {
    this.#quickDeaths = livedMs < LIVED_MS ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths >= QUICK_DEATHS_MAX && !othersServe) return null;
    if (this.#quickDeaths === 0) return 0;
    return Math.min(FIRST_WAIT_MS * 2 ** (this.#quickDeaths - 1), LONGEST_WAIT_MS);
  }
}
