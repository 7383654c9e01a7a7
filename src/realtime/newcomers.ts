import type { Connection } from "./connection.ts";

/** A client has this long to begin a session. */
const CONNECT_TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

/** Connections that have not begun a session yet. One that never does is ended; all share one timer. */
export class Newcomers {
  /** Since when, in the order in which they came. */
  readonly #since = new Map<Connection, number>();
  readonly #timer = setInterval(() => this.#endLate(), LOOK_EVERY_MS).unref();

  add(connection: Connection): void {
    this.#since.set(connection, performance.now());
  }

  remove(connection: Connection): void {
    this.#since.delete(connection);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #endLate(): void {
    const latest = performance.now() - CONNECT_TIMEOUT_MS;
    for (const [connection, since] of this.#since) {
      if (since > latest) return;
      this.#since.delete(connection);
      connection.close();
    }
  }
}
