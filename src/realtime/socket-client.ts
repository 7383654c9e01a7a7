import { randomUUID } from "node:crypto";
import { type Packet, PacketType } from "socket.io-parser";
import type { Refusal } from "./admission.ts";
import type { EngineConnection } from "./engine-connection.ts";
import { PacketReader, packets } from "./socket-packets.ts";
import { type SessionOptions, SocketSession } from "./socket-session.ts";

export type ClientOptions = SessionOptions & {
  /** Asked when it wants a session. @returns why it gets none. */
  refusalOf: (connection: EngineConnection) => Refusal | undefined;
  /** Ends it once what it was told has been sent. */
  dismiss: (connection: EngineConnection) => void;
  onSession: (session: SocketSession, connection: EngineConnection) => void;
  onSessionEnded: (session: SocketSession) => void;
};

/**
 * Socket.IO as the other side of one Engine.IO connection speaks it: one session at a time, in the default namespace.
 * Whatever is against the protocol ends the connection, which is how `connection-guard.ts` hears of it.
 */
export class SocketClient {
  readonly #connection: EngineConnection;
  readonly #origin: string | undefined;
  readonly #options: ClientOptions;
  readonly #packets = new PacketReader();
  #session: SocketSession | null = null;
  #isOver = false;

  constructor(connection: EngineConnection, origin: string | undefined, options: ClientOptions) {
    this.#connection = connection;
    this.#origin = origin;
    this.#options = options;
    connection.on("data", (data) => this.#take(data));
  }

  #take(data: unknown): void {
    if (this.#isOver) return;
    const packet = this.#read(data);
    if (packet) this.#hear(packet);
  }

  #read(data: unknown): Packet | null {
    try {
      return this.#packets.read(data);
    } catch {
      this.#cutOff();
      return null;
    }
  }

  #hear({ type, nsp, data, id }: Packet): void {
    if (nsp !== "/") {
      if (type === PacketType.CONNECT) this.#connection.write(packets.unknownNamespace(nsp));
      else this.#cutOff();
    } else if (!this.#session) {
      if (type === PacketType.CONNECT) this.#connect();
      else this.#cutOff();
    } else if (type === PacketType.EVENT) {
      if (Array.isArray(data)) this.#session.hear(data, id);
    } else if (type === PacketType.DISCONNECT) {
      this.#endSession();
    } else if (type !== PacketType.ACK) {
      this.#cutOff();
    }
  }

  #connect(): void {
    const refusal = this.#options.refusalOf(this.#connection);
    if (refusal) {
      const { message, code, retryAfterMs } = refusal;
      this.#connection.write(packets.refused(message, { code, retryAfterMs }));
      // Once it has been told why: whoever was refused has nothing more to do here.
      this.#isOver = true;
      setImmediate(() => this.#options.dismiss(this.#connection));
      return;
    }
    this.#session = new SocketSession(this.#connection, this.#origin, this.#options);
    this.#options.onSession(this.#session, this.#connection);
    this.#session.greet(randomUUID());
  }

  #cutOff(): void {
    this.#isOver = true;
    this.#connection.close();
  }

  /** The connection is closed. */
  end(): void {
    this.#isOver = true;
    this.#endSession();
  }

  #endSession(): void {
    const session = this.#session;
    if (!session) return;
    this.#session = null;
    session.close();
    this.#options.onSessionEnded(session);
  }
}
