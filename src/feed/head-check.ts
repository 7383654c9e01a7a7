import type { Position } from "../protocol/position.ts";
import type { CommitLog } from "./commit-log.ts";
import type { Wait } from "./repair.ts";

/** An announcement that is under way arrives within that; what is still missing then was lost. */
const ANNOUNCEMENT_GRACE_MS = 1_000;
/** For that long a head that the store has told is good enough for whoever claims to be ahead of ours. */
const CONFIRMED_FOR_MS = 1_000;

/** Whoever asks waits no longer; what is in memory is then the last state there is. */
const REFRESH_WITHIN_MS = 1_000;
/** A store that lets us wait this long before it fails is not waited for again at once; one that refuses at once is. */
const SLOW_FAILURE_MS = 100;
const NOT_WAITED_FOR_MS = 1_000;

export type HeadCheckParts = {
  /** The store's. Null: there is no such story any more. @throws StoreUnavailable */
  readHead(): Promise<Position | null>;
  /** What the feed has taken in. */
  log(): CommitLog;
  /** Reads what is missing from the store. @returns when that is done. */
  repair(): Promise<void>;
  wait: Wait;
};

/** Asks the store where a story is, when nothing else would tell that the feed is somewhere else. */
export class HeadCheck {
  readonly #parts: HeadCheckParts;
  #confirming: { at: number; done: Promise<void> } | null = null;
  #refreshing: Promise<void> | null = null;
  #nextRefresh: Promise<void> | null = null;
  #notWaitedForUntil = 0;

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
    if (!head || hasGoneBack(head, before)) return void this.#parts.repair();
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
    const isAhead = () => epoch === this.#parts.log().head.epoch && seq > this.#parts.log().head.seq;
    if (!isAhead()) return;
    const last = this.#confirming;
    if (last) {
      await last.done.catch(() => {});
      if (!isAhead()) return;
      // What the store told then may be older than what the reader has seen.
      await this.#parts.wait(Math.max(0, last.at + CONFIRMED_FOR_MS - Date.now()));
      if (!isAhead()) return;
    }
    // Whoever has waited as well may have asked meanwhile, and so after this reader had come.
    if (this.#confirming === last) this.#confirming = { at: Date.now(), done: this.#meetStore() };
    return this.#confirming?.done;
  }

  /**
   * Before anybody is answered while announcements do not arrive: takes in what the store has, by a read that began after
   * the question, however many ask. Where the store cannot be asked, what is in memory has to do. [S6] [F2]
   */
  async refresh(): Promise<void> {
    if (Date.now() < this.#notWaitedForUntil) return;
    const askedAt = Date.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("The store does not answer.")), REFRESH_WITHIN_MS);
    });
    try {
      await Promise.race([this.#refreshInTurn(), late]);
    } catch {
      if (Date.now() - askedAt > SLOW_FAILURE_MS) this.#notWaitedForUntil = Date.now() + NOT_WAITED_FOR_MS;
    } finally {
      clearTimeout(timer);
    }
  }

  #refreshInTurn(): Promise<void> {
    if (!this.#refreshing) return this.#startRefresh();
    // The read under way may have begun before the question.
    this.#nextRefresh ??= this.#refreshing.catch(() => {}).then(() => this.#startRefresh());
    return this.#nextRefresh;
  }

  #startRefresh(): Promise<void> {
    this.#nextRefresh = null;
    const refreshing = this.#meetStore().finally(() => {
      if (this.#refreshing === refreshing) this.#refreshing = null;
    });
    this.#refreshing = refreshing;
    return refreshing;
  }

  async #meetStore(): Promise<void> {
    const before = this.#parts.log().head;
    const head = await this.#parts.readHead();
    if (head && !hasGoneBack(head, before) && this.#parts.log().hasPassed(head)) return;
    await this.#parts.repair();
    // A repair that was under way may have read before that head was there.
    if (head && !this.#parts.log().hasPassed(head)) await this.#parts.repair();
  }
}

function hasGoneBack(head: Position, before: Position): boolean {
  return head.epoch === before.epoch && head.seq < before.seq;
}
