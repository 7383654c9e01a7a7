import type { EngineConnection, TcpSocket } from "./engine-connection.ts";

/**
 * Writes a whole frame to a TCP connection that has nothing queued. @returns false if nothing of it was taken. What the
 * kernel does not take at once waits in the connection, before all that is written later.
 */
export type FrameWriter = (tcp: TcpSocket, frame: Buffer) => boolean;

/** Of `ws`. */
const OPEN = 1;

/**
 * The way of a finished frame past Engine.IO and ws, which cost more than the kernel does. It is open while a connection is
 * an idle WebSocket with nothing queued anywhere, and only then, so that the order of what a reader gets stays that of
 * the ordinary path. Everything that is used here beyond what the packages promise is named in `engine-connection.ts`,
 * and held by test/realtime/shortcut.test.ts.
 */
export class Shortcut {
  readonly #write: FrameWriter;

  constructor(write: FrameWriter) {
    this.#write = write;
  }

  /** @returns false when the frame has to go the ordinary way; nothing of it was written then. */
  take(connection: EngineConnection, frame: Buffer): boolean {
    const { transport } = connection;
    if (!transport.writable || connection.writeBuffer.length > 0 || connection.upgrading) return false;
    const { socket } = transport;
    if (socket?.readyState !== OPEN || connection.readyState !== "open" || socket.bufferedAmount > 0) return false;
    return this.#write(socket._socket, frame);
  }
}
