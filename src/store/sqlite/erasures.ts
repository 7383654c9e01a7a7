/** How soon to try again while another process, such as the command line, is reading. */
const RETRY_MS = 50;
/** Who waits is told before it gives up by itself, see `WRITE_DEADLINE_MS`. */
const PATIENCE_MS = 1_500;

/**
 * Sees to it that what was erased leaves the write-ahead log, too, and lets nobody say so before it is true. What a
 * crash has left behind is owed from the start; it never gives up. [S6]
 */
export class Erasures {
  readonly #truncateLog: () => boolean;
  #owed = true;
  #waiting: { settle: (erased: boolean) => void; untilMs: number }[] = [];
  #retry: NodeJS.Timeout | undefined;

  /** @param truncateLog false when it is not possible now. */
  constructor(truncateLog: () => boolean) {
    this.#truncateLog = truncateLog;
  }

  /** Something was erased; `settle` hears whether the log is empty, in the end. */
  owe(settle: (erased: boolean) => void): void {
    this.#owed = true;
    this.#waiting.push({ settle, untilMs: Date.now() + PATIENCE_MS });
  }

  attempt(): void {
    if (!this.#owed) return;
    clearTimeout(this.#retry);
    const erased = this.#truncateLog();
    this.#owed = !erased;
    const nowMs = Date.now();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      if (erased || one.untilMs <= nowMs) one.settle(erased);
      else this.#waiting.push(one);
    }
    if (!erased) this.#retry = setTimeout(() => this.attempt(), RETRY_MS);
  }

  /** The last attempt, and the last word to everybody. */
  close(): void {
    this.attempt();
    clearTimeout(this.#retry);
    for (const { settle } of this.#waiting.splice(0)) settle(false);
  }
}
