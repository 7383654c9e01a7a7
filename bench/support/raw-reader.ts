import { connect, type Socket } from "node:net";
import type { JoinRequest } from "../../src/protocol/events.ts";
import { clientFrame, FrameCutter } from "./web-socket-frames.ts";

/** Engine.IO and Socket.IO packets as they begin on the wire. */
const OPEN = "0";
const PING = "2";
const PONG = clientFrame("3");
const CONNECT = "40";
const CHANGES = '42["changes"';
const EVENT = "42";
const REPLY = "43";
const HEAD_CHARACTERS = 24;
const REPLY_CHARACTERS = 200;

/** A reader on a bare socket, so that thousands of them cost the machine as little as possible beside the service. */
export class RawReader {
  readonly #socket: Socket;
  readonly #frames = new FrameCutter();
  readonly #onChanges: () => void;
  #upgraded = false;
  #opened: () => void = () => {};
  #replied: (reply: string) => void = () => {};
  #failed: (error: Error) => void;

  private constructor(port: number, onChanges: () => void, onFailed: (error: Error) => void) {
    this.#onChanges = onChanges;
    this.#failed = onFailed;
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#failed(error));
    this.#socket.on("close", () => this.#failed(new Error("The service has ended a reader's connection.")));
    this.#socket.write(
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n" +
        "Connection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
  }

  /** @param onChanges told of every range. @param onFailed told when the connection does not last. */
  static connect(port: number, onChanges: () => void, onFailed: (error: Error) => void): Promise<RawReader> {
    return new Promise((resolve, reject) => {
      const reader = new RawReader(port, onChanges, (error) => {
        reject(error);
        onFailed(error);
      });
      reader.#opened = () => resolve(reader);
    });
  }

  /** @throws when the answer is no. */
  async join(request: JoinRequest): Promise<void> {
    const replied = new Promise<string>((resolve) => {
      this.#replied = resolve;
    });
    this.#socket.write(clientFrame(`420${JSON.stringify(["join", request])}`));
    const reply = await replied;
    if (!reply.includes('"ok":true')) throw new Error(`A reader was not let in: ${reply}`);
  }

  close(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#upgraded) this.#frames.cut(chunk, (payload) => this.#hear(payload));
    else this.#upgrade(chunk);
  }

  /** The answer to the handshake is short and arrives in one piece, maybe with the first frame behind it. */
  #upgrade(chunk: Buffer): void {
    const end = chunk.indexOf("\r\n\r\n");
    if (end < 0 || !chunk.toString("latin1", 0, end).startsWith("HTTP/1.1 101")) {
      this.#failed(new Error("The service does not take WebSockets."));
      return;
    }
    this.#upgraded = true;
    this.#take(chunk.subarray(end + 4));
  }

  #hear(payload: Buffer): void {
    const head = payload.toString("latin1", 0, HEAD_CHARACTERS);
    if (head.startsWith(CHANGES)) this.#onChanges();
    else if (head === PING) this.#socket.write(PONG);
    else if (head.startsWith(OPEN)) this.#socket.write(clientFrame(CONNECT));
    else if (head.startsWith(CONNECT)) this.#opened();
    else if (head.startsWith(REPLY)) this.#replied(payload.toString("latin1", 0, REPLY_CHARACTERS));
    else if (head.startsWith(EVENT)) this.#failed(new Error(`A reader was told ${head}`));
  }
}
