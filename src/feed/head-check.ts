import type { Position } from "../protocol/position.ts";
import type { CommitLog } from "./commit-log.ts";
import type { Wait } from "./repair.ts";

/** An announcement that is under way arrives within that; what is still missing then was lost. */
const ANNOUNCEMENT_GRACE_MS = 1_000;
/** For that long a head that the store has told is good enough for whoever claims to be ahead of ours. */
const CONFIRMED_FOR_MS = 1_000;

export type HeadCheckParts = {
  /** The store's. Null: there is no such story any more. @throws StoreUnavailable */
  readHead(): Promise<Position | null>;
  /** What the feed has taken in. */
  log(): CommitLog;
  /** Reads what is missing from the store. @returns when that is done. */
  repair(): Promise<void>;
  /** When a repair that is under way is done. */
  repaired(): Promise<void>;
  wait: Wait;
};

/** Asks the store where a story is, when nothing else would tell that the feed is somewhere else. */
export class HeadCheck {
  readonly #parts: HeadCheckParts;
  #confirming: { at: number; done: Promise<void> } | null = null;

  constructor(parts: HeadCheckParts) {
    this.#parts = parts;
  }

  /**
   * Makes sure that nothing was lost without a sign: who is still behind the store's head after a while, or was ahead of
   * it before, is not where the store is. [F3] [S7]
   *
   * @throws StoreUnavailable
   */
  async compare(): Promise<void> {
    const before = this.#parts.log().head;
    const head = await this.#parts.readHead();
    if (!head || (head.epoch === before.epoch && head.seq < before.seq)) return void this.#parts.repair();
    if (this.#parts.log().hasPassed(head)) return;
    await this.#parts.wait(ANNOUNCEMENT_GRACE_MS);
    if (!this.#parts.log().hasPassed(head)) void this.#parts.repair();
  }

  /**
   * Before a reader is answered who has seen more of this run of the clock than this node: asks the store which of them
   * is right. Afterwards an answer that does not reach the reader's position means that the story has lost it. Readers
   * may claim what they like; they are believed nothing, and cost one read a second. [S7]
   *
   * @throws StoreUnavailable
   */
  async confirm({ epoch, seq }: Position): Promise<void> {
    const { head } = this.#parts.log();
    if (epoch !== head.epoch || seq <= head.seq) return;
    if (this.#confirming && Date.now() - this.#confirming.at < CONFIRMED_FOR_MS) return this.#confirming.done;
    const done = this.#askStore();
    this.#confirming = { at: Date.now(), done };
    return done;
  }

  async #askStore(): Promise<void> {
    const head = await this.#parts.readHead();
    if (head && this.#parts.log().hasPassed(head)) await this.#parts.repaired();
    else await this.#parts.repair();
  }
}
