import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** Somebody who takes connections. */
export type Guide = {
  /** Readers that it has. */
  readonly readers: number;
  /** Offers it the connection, which stays open here as well until it was taken, {@link Door.took}, or is not going to be. */
  offer(connection: Socket): void;
};

/** @property given taken since it last said how many readers it has. */
type Offers = { connections: Socket[]; given: number };

/** That wait while all workers are busy or away. More are closed at once, and come again. */
const WAITING_MAX = 4_096;
/**
 * So many may be under way to one worker. Node passes one at a time and waits for its arrival; with a few ahead of them
 * their answers come together, and a worker that is busy is passed over soon all the same.
 */
const OFFERED_AT_ONCE = 8;

/**
 * The node's port. Each connection goes as it is, unread, to the worker that has the fewest readers, some at a time, so
 * that those who are busy are passed over; what somebody has not taken when it dies goes to another.
 *
 * Not `node:cluster`: its primary keeps a connection open for good that it was passing on as the worker died, and takes
 * turns, which leaves a worker that was replaced without readers.
 */
export class Door {
  readonly #server: Server;
  readonly #waiting: Socket[] = [];
  readonly #guides = new Map<Guide, Offers>();

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
    this.#guides.set(guide, { connections: [], given: 0 });
    this.#handOn();
  }

  /** The first `count` of those that it was offered are its own from now on. */
  took(guide: Guide, count: number): void {
    const offers = this.#guides.get(guide);
    if (!offers) return;
    offers.given += count;
    // Closes them here; for the readers nothing changes.
    for (const connection of offers.connections.splice(0, count)) connection.destroy();
    this.#handOn();
  }

  /** It has said how many readers it has. */
  counted(guide: Guide): void {
    const offers = this.#guides.get(guide);
    if (offers) offers.given = 0;
  }

  /** It takes nothing any more, nor what it was offered last. */
  dismiss(guide: Guide): void {
    const offers = this.#guides.get(guide);
    this.#guides.delete(guide);
    this.#waiting.unshift(...(offers?.connections ?? []));
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
      const [guide, offers] = this.#freest() ?? [];
      const connection = offers && this.#waiting.shift();
      if (!guide || !connection) return;
      offers.connections.push(connection);
      guide.offer(connection);
    }
  }

  #freest(): [Guide, Offers] | null {
    let freest: [Guide, Offers] | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [guide, offers] of this.#guides) {
      const { connections, given } = offers;
      const readers = guide.readers + given + connections.length;
      if (connections.length >= OFFERED_AT_ONCE || readers >= fewest) continue;
      freest = [guide, offers];
      fewest = readers;
    }
    return freest;
  }
}
