import { REPLY_MAX_BYTES, STORIES_PER_SOCKET } from "../protocol/limits.ts";
import type { Connection } from "./connection.ts";

/** Each may be answered with a whole snapshot. */
const ANSWERED_AT_ONCE = 4;
/** To join, leave and join again everything that one connection may follow, and some. */
const WAITING_MAX = 4 * STORIES_PER_SOCKET;

/**
 * The requests of one connection, in their order. While it has not taken the answers to earlier ones, later ones wait: a
 * reader that asks and does not listen fills its own memory, not ours.
 */
export class RequestLine {
  readonly #connection: Connection;
  readonly #onFlood: (connection: Connection) => void;
  #waiting: (() => Promise<void>)[] = [];
  #underWay = 0;

  /** @param onFlood called for a request that finds too many waiting; it is passed over. */
  constructor(connection: Connection, onFlood: (connection: Connection) => void) {
    this.#connection = connection;
    this.#onFlood = onFlood;
  }

  /** @param request must not reject. */
  take(request: () => Promise<void>): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#onFlood(this.#connection);
      return;
    }
    this.#waiting.push(request);
    this.#advance();
  }

  /** The connection has taken all that it was given. */
  drained(): void {
    this.#advance();
  }

  /** The requests that still wait are not wanted any more. */
  close(): void {
    this.#waiting.length = 0;
  }

  #advance(): void {
    while (this.#waiting.length > 0 && this.#underWay < ANSWERED_AT_ONCE && !this.#isFull()) {
      const request = this.#waiting.shift();
      if (!request) return;
      // An array that was used keeps its room, and most connections ask once in their life.
      if (this.#waiting.length === 0) this.#waiting = [];
      this.#underWay += 1;
      void request().then(() => {
        this.#underWay -= 1;
        this.#advance();
      });
    }
  }

  #isFull(): boolean {
    return this.#connection.waitingBytes >= REPLY_MAX_BYTES;
  }
}
