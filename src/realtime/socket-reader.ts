import type { EngineConnection } from "./engine-connection.ts";
import { type Frame, FrameOptions } from "./frame.ts";
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
    this.#shortcut = shortcut;
    this.#connection = connection;
    this.#onTooSlow = onTooSlow;
  }

  send(frame: Frame): void {
    if (this.#shortcut.take(this.#connection, frame.socketOptions.bytes)) return;
    this.#connection.write(frame.socketText, frame.socketOptions);
    const { writeBuffer } = this.#connection;
    if (writeBuffer.length === 0) return;
    if (writeBuffer.length > QUEUE_MAX_EVENTS || eventBytes(writeBuffer) > QUEUE_MAX_BYTES) this.#dropQueue();
  }

  /** Events go; what keeps the connection alive and answers requests stays, in its order. */
  #dropQueue(): void {
    const kept = this.#connection.writeBuffer.filter(({ options }) => !(options instanceof FrameOptions));
    this.#connection.writeBuffer.splice(0, Number.POSITIVE_INFINITY, ...kept);
    this.#onTooSlow();
  }
}

function eventBytes(packets: EngineConnection["writeBuffer"]): number {
  return packets.reduce((sum, { options }) => sum + (options instanceof FrameOptions ? options.bytes.length : 0), 0);
}
