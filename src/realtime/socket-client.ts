import { randomUUID } from "node:crypto";
import { type Packet, PacketType } from "socket.io-parser";
import type { Refusal } from "./admission.ts";
import type { Connection, ConnectionOwner } from "./connection.ts";
import { FramedPacket } from "./frame.ts";
import { PacketReader, packets } from "./socket-packets.ts";
import { type SessionOptions, SocketSession } from "./socket-session.ts";

export type ClientOptions = SessionOptions & {
  /** Asked when it wants a session. @returns why it gets none. */
  refusalOf: (connection: Connection) => Refusal | undefined;
  /** Told of what is against the protocol, after which nothing is heard any more. */
  onViolation: (connection: Connection) => void;
  /** Ends it once what it was told has been sent. */
  dismiss: (connection: Connection) => void;
  onSession: (session: SocketSession, connection: Connection) => void;
  onSessionEnded: (session: SocketSession) => void;
  /** The connection is closed. */
  onEnded: (connection: Connection) => void;
};

/**
 * Socket.IO as the other side of one Engine.IO connection speaks it: one session at a time, in the default namespace.
 */
export class SocketClient implements ConnectionOwner {
  readonly #connection: Connection;
  readonly #origin: string | undefined;
  readonly #leave: () => void;
  readonly #options: ClientOptions;
  readonly #packets = new PacketReader();
  #session: SocketSession | null = null;
  #isOver = false;

  /** @param leave gives back the place that the connection has. */
  constructor(connection: Connection, origin: string | undefined, leave: () => void, options: ClientOptions) {
    this.#connection = connection;
    this.#origin = origin;
    this.#leave = leave;
    this.#options = options;
    connection.owner = this;
  }

  hear(data: unknown): void {
    if (this.#isOver) return;
    const packet = this.#read(data);
    if (packet) this.#obey(packet);
  }

  #read(data: unknown): Packet | null {
    try {
      return this.#packets.read(data);
    } catch {
      this.#cutOff();
      return null;
    }
  }

  #obey({ type, nsp, data, id }: Packet): void {
    if (nsp !== "/") {
      if (type === PacketType.CONNECT) this.#say(packets.unknownNamespace(nsp));
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
      this.#say(packets.refused(message, { code, retryAfterMs }));
      // Once it has been told why: whoever was refused has nothing more to do here.
      this.#isOver = true;
      setImmediate(() => this.#options.dismiss(this.#connection));
      return;
    }
    this.#session = new SocketSession(this.#connection, this.#origin, this.#options);
    this.#options.onSession(this.#session, this.#connection);
    this.#session.greet(randomUUID());
  }

  drained(): void {
    this.#session?.drained();
  }

  tooSlow(): void {
    this.#session?.leaveAsTooSlow();
  }

  ended(): void {
    this.#isOver = true;
    this.#endSession();
    this.#options.onEnded(this.#connection);
    this.#leave();
  }

  #say(packet: string): void {
    this.#connection.send(new FramedPacket(packet, false));
  }

  #cutOff(): void {
    this.#isOver = true;
    this.#options.onViolation(this.#connection);
  }

  #endSession(): void {
    const session = this.#session;
    if (!session) return;
    this.#session = null;
    session.close();
    this.#options.onSessionEnded(session);
  }
}
