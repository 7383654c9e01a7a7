/** How many have been counted in a window, the last one included, and how long it still lasts. */
export type WindowCount = { count: number; endsInMs: number };

/** As many addresses as a node meets in a minute; beyond, the oldest count begins anew instead of taking more memory. */
const KEYS_MAX = 100_000;

/**
 * Counts by key, each in windows that begin with its first count: at the end of one not everybody comes back at the same
 * moment. Over the border of two windows up to twice the bound may pass, which is near enough for what it protects.
 */
export class RateWindows {
  /** In the order in which they began. */
  readonly #windows = new Map<string, { count: number; endsAt: number }>();

  /** @param now in milliseconds, of a clock that never goes back. */
  count(key: string, windowMs: number, now: number): WindowCount {
    this.#forgetEnded(now);
    const last = this.#windows.get(key);
    if (last && last.endsAt > now) {
      last.count += 1;
      return { count: last.count, endsInMs: last.endsAt - now };
    }
    this.#windows.set(key, { count: 1, endsAt: now + windowMs });
    return { count: 1, endsInMs: windowMs };
  }

  #forgetEnded(now: number): void {
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt > now && this.#windows.size < KEYS_MAX) return;
      this.#windows.delete(key);
    }
  }
}
