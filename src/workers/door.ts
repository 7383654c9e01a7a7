import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** Somebody who takes connections. */
export type Guide = {
  /** Readers that it has. */
  readonly readers: number;
  /** Offers it the connection, which stays open here as well until the answer: {@link Door.took}, or `dismiss`. */
  offer(connection: Socket): void;
};

/** That wait while all workers are busy or away. More are closed at once, and come again. */
const WAITING_MAX = 4_096;

/**
 * The node's port. Each connection goes as it is, unread, to the worker that has the fewest readers; one at a time to
 * each, so that those who are busy are passed over, and what somebody has not taken when it dies goes to another.
 *
 * Not `node:cluster`: its primary keeps a connection open for good that it was passing on as the worker died, and takes
 * turns, which leaves a worker that was replaced without readers.
 */
export class Door {
  readonly #server: Server;
  readonly #waiting: Socket[] = [];
  /** Who may be handed something, with what it was given since it last said how many it has. */
  readonly #free = new Map<Guide, number>();
  readonly #busy = new Map<Guide, { connection: Socket; given: number }>();

  constructor() {
    const options = { pauseOnConnect: true, allowHalfOpen: true, noDelay: true };
    this.#server = createServer(options, (connection) => this.#let(connection));
  }

  /** @returns the port. */
  open(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Connections that nobody could be offered yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  admit(guide: Guide): void {
    this.#free.set(guide, 0);
    this.#handOn();
  }

  /** The connection is its own from now on. */
  took(guide: Guide): void {
    const offer = this.#busy.get(guide);
    if (!offer) return;
    this.#busy.delete(guide);
    this.#free.set(guide, offer.given + 1);
    // Closes it here; for the reader nothing changes.
    offer.connection.destroy();
    this.#handOn();
  }

  /** It has said how many readers it has. */
  counted(guide: Guide): void {
    const offer = this.#busy.get(guide);
    if (offer) offer.given = 0;
    else if (this.#free.has(guide)) this.#free.set(guide, 0);
  }

  /** It takes nothing any more, nor what it was offered last. */
  dismiss(guide: Guide): void {
    const offer = this.#busy.get(guide);
    this.#free.delete(guide);
    this.#busy.delete(guide);
    if (offer) this.#waiting.unshift(offer.connection);
    this.#handOn();
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#waiting.splice(0)) connection.destroy();
  }

  #let(connection: Socket): void {
    // Otherwise Node counts in both processes, connection by connection, what this server never asks for.
    Object.assign(connection, { server: null });
    connection.on("error", () => {});
    if (this.#waiting.length >= WAITING_MAX) connection.destroy();
    else this.#waiting.push(connection);
    this.#handOn();
  }

  #handOn(): void {
    while (this.#waiting.length > 0) {
      const guide = this.#freest();
      const connection = guide && this.#waiting.shift();
      if (!guide || !connection) return;
      this.#busy.set(guide, { connection, given: this.#free.get(guide) ?? 0 });
      this.#free.delete(guide);
      guide.offer(connection);
    }
  }

  #freest(): Guide | null {
    let freest: Guide | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [guide, given] of this.#free) {
      if (guide.readers + given >= fewest) continue;
      freest = guide;
      fewest = guide.readers + given;
    }
    return freest;
  }
}
