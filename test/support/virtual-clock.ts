import { setImmediate as nextTurn } from "node:timers/promises";

type Timer = { at: number; run: () => void };

/** A clock that moves only when told to. Timers run in the order of their times, and of their setting. */
export class VirtualClock {
  #elapsedMs = 0;
  #startedAt: number;
  readonly #timers = new Set<Timer>();

  /** @param startedAt milliseconds since 1970. */
  constructor(startedAt = Date.UTC(2026, 0, 1, 12)) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#elapsedMs;
  }

  /** Returns the undo. */
  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#elapsedMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets everything happen that is due within `ms`, and all that follows from it. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsedMs + ms;
    await nextTurn();
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.at);
      next.run();
      await nextTurn();
    }
    this.#elapsedMs = until;
  }

  /** As when a tab is frozen: time passes, and no timer runs. */
  freeze(ms: number): void {
    this.#elapsedMs += ms;
  }

  /** As when the clock of the machine is corrected: timers run on as they were. */
  setBack(ms: number): void {
    this.#startedAt -= ms;
  }

  /** Milliseconds until the next timer; `Infinity` when none is set. */
  get nextTimerMs(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at)) - this.#elapsedMs;
  }

  #next(until: number): Timer | undefined {
    return [...this.#timers].sort((a, b) => a.at - b.at).find(({ at }) => at <= until);
  }
}
