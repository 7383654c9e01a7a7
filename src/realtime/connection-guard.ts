import type { Connection } from "./connection.ts";

/**
 * Why a connection was ended, or not begun. `handshake`: not as Engine.IO wants it. `frame`, `packet`: against the rules
 * of WebSocket, or of Engine.IO and Socket.IO. `flood`: far more than a reader has to say. `backlog`: asks on and on, and
 * does not take the answers.
 */
export type RealtimeHostility = "handshake" | "frame" | "packet" | "flood" | "backlog";

/** Ends connections that would cost this node more than a reader may, below all that Socket.IO knows of. */
export class ConnectionGuard {
  readonly #onHostile: (reason: RealtimeHostility) => void;
  /** By us: whatever else is heard of them is no news. */
  readonly #ended = new WeakSet<Connection>();

  /** @param onHostile told once of each connection. */
  constructor(onHostile: (reason: RealtimeHostility) => void) {
    this.#onHostile = onHostile;
  }

  /** To be asked about whatever a client sends. @returns whether it may go on. */
  admits(connection: Connection): boolean {
    if (this.#ended.has(connection)) return false;
    if (!connection.budget.spend()) this.end(connection, "flood");
    else if (connection.isBacklogged) this.end(connection, "backlog");
    else return true;
    return false;
  }

  /** At once: to a closing handshake a hostile client may take its time. */
  end(connection: Connection, reason: RealtimeHostility): void {
    if (!this.#ended.has(connection)) this.#onHostile(reason);
    this.#ended.add(connection);
    connection.cutOff();
  }

  /** An error of its WebSocket. */
  hearError(connection: Connection, { code = "" }: Error & { code?: string }): void {
    if (code.startsWith("WS_ERR_")) this.end(connection, "frame");
  }

  /** Of a reader that has done nothing wrong. What is to be sent yet is sent before. */
  dismiss(connection: Connection): void {
    this.#ended.add(connection);
    connection.close();
  }
}
