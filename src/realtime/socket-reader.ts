import type { EngineConnection } from "./engine-connection.ts";
import { type Frame, type FramedPacket, FrameOptions } from "./frame.ts";
import { QUEUE_MAX_BYTES, QUEUE_MAX_EVENTS, type Reader } from "./reader.ts";
import type { Shortcut } from "./shortcut.ts";

/** A reader on a Socket.IO connection, which may follow several stories. */
export class SocketReader implements Reader {
  readonly origin: string | undefined;
  /** Sockets bring no key. */
  readonly isEditor = false;
  readonly #connection: EngineConnection;
  readonly #shortcut: Shortcut;
  readonly #onTooSlow: () => void;

  /** @param onTooSlow called after the queue was dropped; must take the reader out of its stories and tell it so. */
  constructor(connection: EngineConnection, origin: string | undefined, shortcut: Shortcut, onTooSlow: () => void) {
    this.origin = origin;
    this.#connection = connection;
    this.#shortcut = shortcut;
    this.#onTooSlow = onTooSlow;
  }

  send({ packet }: Frame): void {
    const bytes = this.#bytesOf(packet);
    if (this.#shortcut.take(this.#connection, bytes)) return;
    this.#connection.write(packet.text, new FrameOptions(bytes, true));
    const { writeBuffer } = this.#connection;
    if (writeBuffer.length === 0) return;
    if (writeBuffer.length > QUEUE_MAX_EVENTS || eventBytes(writeBuffer) > QUEUE_MAX_BYTES) this.#dropQueue();
  }

  /** What it asked for. Stays in line also when events are dropped. */
  answer(packet: FramedPacket): void {
    const bytes = this.#bytesOf(packet);
    if (this.#shortcut.take(this.#connection, bytes)) return;
    this.#connection.write(packet.text, new FrameOptions(bytes, false));
  }

  #bytesOf(packet: FramedPacket): Buffer {
    return packet.bytesFor(this.#connection.transport.deflates === true);
  }

  /** Events go; what keeps the connection alive and answers requests stays, in its order. */
  #dropQueue(): void {
    const kept = this.#connection.writeBuffer.filter(({ options }) => bytesOf(options) === 0);
    this.#connection.writeBuffer.splice(0, Number.POSITIVE_INFINITY, ...kept);
    this.#onTooSlow();
  }
}

function eventBytes(packets: EngineConnection["writeBuffer"]): number {
  return packets.reduce((sum, { options }) => sum + bytesOf(options), 0);
}

function bytesOf(options: object | undefined): number {
  return options instanceof FrameOptions ? options.eventBytes : 0;
}
