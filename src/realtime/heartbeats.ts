/** In Engine.IO's terms: how often a client is asked for a sign of life, and how long it has for it. */
export const PING_INTERVAL_MS = 25_000;
export const PING_TIMEOUT_MS = 20_000;

const SECOND_MS = 1_000;
const SLOTS = PING_INTERVAL_MS / SECOND_MS;
const LATE_AFTER_SLOTS = PING_TIMEOUT_MS / SECOND_MS;

/** After a longer standstill readers get the time to answer what they were asked before it. */
const CATCH_UP_TICKS = 5;

export interface Pingable {
  /** Where it stands here. */
  heartbeatSlot: number;
  /** It has been pinged, and nothing was heard of it since. */
  owesSign: boolean;
  ping(): void;
  /** It has given no sign. */
  expire(): void;
}

/** Pings all connections of a node, spread over the seconds of an interval; all of them share one timer. */
export class Heartbeats<T extends Pingable> {
  readonly #slots = Array.from({ length: SLOTS }, () => new Set<T>());
  readonly #timer = setInterval(() => this.#catchUp(), SECOND_MS).unref();
  #now = 0;
  #tickedAt = performance.now();

  add(connection: T): void {
    connection.heartbeatSlot = this.#now;
    this.#slots[this.#now]?.add(connection);
  }

  remove(connection: T): void {
    this.#slots[connection.heartbeatSlot]?.delete(connection);
  }

  /** A second has passed. */
  tick(): void {
    this.#now = (this.#now + 1) % SLOTS;
    for (const connection of this.#slots[(this.#now + SLOTS - LATE_AFTER_SLOTS) % SLOTS] ?? []) {
      if (connection.owesSign) connection.expire();
    }
    for (const connection of this.#slots[this.#now] ?? []) {
      connection.owesSign = true;
      connection.ping();
    }
  }

  /** A timer is late whenever the process is busy, and clients count the seconds between pings. */
  #catchUp(): void {
    const due = Math.floor((performance.now() - this.#tickedAt) / SECOND_MS);
    this.#tickedAt += due * SECOND_MS;
    for (let ticks = Math.min(due, CATCH_UP_TICKS); ticks > 0; ticks -= 1) this.tick();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const slot of this.#slots) yield* slot;
  }
}
