import type { IncomingMessage } from "node:http";

/**
 * What is used of an Engine.IO connection beyond its documented face. Engine.IO puts no bound on `writeBuffer`, the
 * packets that its transport has not taken yet (socketio/engine.io #420).
 */
export type EngineConnection = {
  /** That began the connection. */
  request: IncomingMessage | null;
  readonly readyState: string;
  readonly upgrading: boolean;
  readonly writeBuffer: { data?: unknown; options?: object }[];
  readonly transport: EngineTransport;
  write(data: string, options?: object): unknown;
  /** @param discard without waiting for what is still to be sent. */
  close(discard?: boolean): void;
  once(event: "drain", listener: () => void): unknown;
  on(event: "data", listener: (data: unknown) => void): unknown;
  on(event: "packet", listener: (packet: { type: string }) => void): unknown;
  on(event: "upgrade", listener: (transport: EngineTransport) => void): unknown;
  on(event: "close", listener: (reason: string, cause?: Error) => void): unknown;
};

/** `socket` is there if the transport is a WebSocket; `writable` says that all it was given has been handed on. */
export type EngineTransport = {
  readonly writable: boolean;
  readonly socket?: WebSocketFace;
  perMessageDeflate?: unknown;
  /** Ours: whether the reader takes compressed messages. */
  deflates?: boolean;
};

/** Of the `ws` package. */
export type WebSocketFace = Emitter & {
  readonly readyState: number;
  /** Of ws itself, and of the TCP connection. */
  readonly bufferedAmount: number;
  readonly _socket: TcpSocket;
  readonly _extensions: { readonly "permessage-deflate"?: DeflateExtension };
  terminate(): void;
  on(event: "ping" | "pong", listener: () => void): unknown;
  on(event: "error", listener: (error: Error & { code?: string }) => void): unknown;
};

/** Of the `ws` package: what was agreed on with one client. `decompress` must not call back before it returns. */
export type DeflateExtension = {
  readonly params: { readonly server_max_window_bits?: number };
  decompress: (data: Buffer, isLast: boolean, done: (error: Error | null, message?: Buffer) => void) => void;
};

/** A `net.Socket`, and what Node does not promise of it. */
export type TcpSocket = Emitter & {
  write(bytes: Buffer): boolean;
  destroy(): unknown;
  readonly _handle: TcpHandle | null;
};

/** Of Node. `writeBuffer` answers 0, or an error of libuv. */
export type TcpHandle = { readonly fd: number; writeBuffer(request: WriteRequest, bytes: Buffer): number };
export type WriteRequest = { oncomplete: (status: number) => void; buffer?: Buffer };

/**
 * Lets go of the request that began a connection, with all its headers, which would stay as long as the reader does: in
 * `request`, and in two listeners that close over it and that Engine.IO leaves behind when the handshake is over.
 */
export function forgetHandshake(connection: EngineConnection): void {
  connection.request = null;
  const { socket } = connection.transport;
  if (!socket) return;
  dropListener(socket, "error", ({ name }) => name === "onUpgradeError");
  dropListener(socket._socket, "close", (listener) => String(listener) === '() => this.emit("close")');
}

type Emitter = {
  listeners(event: string): { readonly name: string }[];
  off(event: string, listener: unknown): unknown;
};

function dropListener(emitter: Emitter, event: string, isIt: (listener: { readonly name: string }) => boolean): void {
  const listener = emitter.listeners(event).find(isIt);
  if (listener) emitter.off(event, listener);
}

/** Bytes of what waits for the transport; of text as many as characters, which is near enough for a bound. */
export function queuedBytes({ writeBuffer }: Pick<EngineConnection, "writeBuffer">): number {
  return writeBuffer.reduce((sum, { data }) => sum + lengthOf(data), 0);
}

function lengthOf(data: unknown): number {
  return typeof data === "string" || Buffer.isBuffer(data) ? data.length : 0;
}
