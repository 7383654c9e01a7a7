import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A connection that says what it is told to, byte by byte, and keeps what it hears. */
export class BareSocket {
  readonly socket: Socket;
  heard = "";
  readonly #ended: Promise<unknown>;
  #onHeard = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      this.heard += (chunk as Buffer).toString("latin1");
      this.#onHeard();
    });
    // A node may cut off without a word.
    socket.on("error", () => {});
    this.#ended = once(socket, "close").then(() => this.#onHeard());
  }

  static async open(url: string, text = ""): Promise<BareSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname === "localhost" ? "127.0.0.1" : hostname, port: Number(port) });
    const bare = new BareSocket(socket);
    await once(socket, "connect");
    socket.write(text);
    return bare;
  }

  /** Resolves once this was heard. @throws when the connection ends before. */
  async hears(text: string): Promise<void> {
    while (!this.heard.includes(text)) {
      if (this.socket.destroyed) throw new Error(`It ended and has said: ${this.heard}`);
      await new Promise<void>((resolve) => {
        this.#onHeard = resolve;
      });
    }
  }

  /** Resolves once the other side has ended it. */
  async ends(): Promise<void> {
    await this.#ended;
  }
}

/** @param query of the handshake, or of the upgrade of a session. */
export function upgradeRequest(query: string, upgrade = "websocket"): string {
  return (
    `GET /socket.io/?EIO=4&transport=websocket${query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: ${upgrade}\r\n` +
    "Connection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
  );
}

/** How a server begins to close a WebSocket; it waits for an answer before it ends the connection. */
export const CLOSE_FRAME = "\x88";

/** A client's text frame of up to 125 bytes (RFC 6455, section 5.2), masked with zeros. */
export function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.of(0x81, 0x80 | text.length, 0, 0, 0, 0), Buffer.from(text)]);
}
