import { once } from "node:events";
import { connect, type Socket } from "node:net";

const INSIST_EVERY_MS = 20;

/** A TCP connection on which anything may be sent. Ends of either side are no errors here: hostile clients expect them. */
export class RawConnection {
  /** Resolves when the service holds the connection no longer. */
  readonly ended: Promise<void>;
  received = "";
  readonly #socket: Socket;
  #onProgress = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      this.received += chunk.toString("latin1");
      this.#onProgress();
    });
    // Whether the service has let go of the connection, or only said its last word, shows in what it does with more.
    let insisting: NodeJS.Timeout | undefined;
    socket.on("end", () => {
      insisting = setInterval(() => socket.writable && socket.write("\0"), INSIST_EVERY_MS);
    });
    this.ended = new Promise((resolve) => {
      socket.on("close", () => {
        clearInterval(insisting);
        resolve();
        this.#onProgress();
      });
    });
  }

  static async open(port: number): Promise<RawConnection> {
    // A client that goes on after the server has said its last word is the more hostile one.
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    await once(socket, "connect");
    return new RawConnection(socket);
  }

  /** @returns the whole answer to `bytes`, once the service has ended the connection. */
  static async exchange(port: number, bytes: string | Buffer): Promise<string> {
    const connection = await RawConnection.open(port);
    connection.closeWhenServed();
    connection.send(bytes);
    await connection.ended;
    return connection.received;
  }

  send(bytes: string | Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Resolves once `part` has arrived. @throws when the connection ends before. */
  async receives(part: string): Promise<void> {
    while (!this.received.includes(part)) {
      if (this.#socket.destroyed) throw new Error(`Ended without ${part}: ${this.received}`);
      await new Promise<void>((resolve) => {
        this.#onProgress = resolve;
      });
    }
  }

  /** The same, and forgets what came up to there: for more than is kept at once. */
  async passes(part: string): Promise<void> {
    await this.receives(part);
    this.received = this.received.slice(this.received.indexOf(part) + part.length);
  }

  /** Sends as fast as the service takes it, until it has taken everything or ends the connection. */
  async flood(chunk: Buffer, times: number): Promise<void> {
    for (let sent = 0; sent < times && this.#socket.writable; sent += 1) {
      if (!this.#socket.write(chunk)) await Promise.race([once(this.#socket, "drain").catch(() => {}), this.ended]);
    }
  }

  /** Takes nothing more from the service. */
  stopReading(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  /** Ends its side when the service has ended its own. */
  closeWhenServed(): void {
    this.#socket.on("end", () => this.#socket.end());
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
