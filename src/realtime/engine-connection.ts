import type { IncomingMessage } from "node:http";

/**
 * What is used of an Engine.IO connection beyond its documented face. Engine.IO puts no bound on `writeBuffer`, the
 * packets that its transport has not taken yet (socketio/engine.io #420).
 */
export type EngineConnection = {
  /** That began the connection. */
  request: IncomingMessage | null;
  readonly writeBuffer: { data?: unknown; options?: object }[];
  readonly transport: EngineTransport;
  write(data: string, options?: object): unknown;
  /** @param discard without waiting for what is still to be sent. */
  close(discard?: boolean): void;
  on(event: "drain", listener: () => void): unknown;
  on(event: "data", listener: (data: unknown) => void): unknown;
  on(event: "packet", listener: (packet: { type: string }) => void): unknown;
  on(event: "upgrade", listener: (transport: EngineTransport) => void): unknown;
  on(event: "close", listener: (reason: string, cause?: Error) => void): unknown;
};

/** `socket` is there if the transport is a WebSocket. */
export type EngineTransport = {
  readonly socket?: WebSocketFace;
  perMessageDeflate?: unknown;
};

/** Of the `ws` package. */
export type WebSocketFace = {
  /** Of ws itself, and of the TCP connection. */
  readonly bufferedAmount: number;
  readonly _socket: TcpSocket;
  readonly _extensions: { "permessage-deflate"?: DeflateExtension };
  close(): void;
  terminate(): void;
  on(event: "ping" | "pong", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
};

/** Of the `ws` package: what was agreed on with one client. `decompress` must not call back before it returns. */
export interface DeflateExtension {
  readonly params: { readonly server_max_window_bits?: number; readonly server_no_context_takeover?: boolean };
  decompress(data: Buffer, isLast: boolean, done: (error: Error | null, message?: Buffer) => void): void;
  cleanup(): void;
}

/** A `net.Socket`, and what Node does not promise of it. */
export type TcpSocket = {
  readonly writableLength: number;
  write(bytes: Buffer, done?: (error?: Error | null) => void): boolean;
  cork(): void;
  uncork(): void;
  destroy(): unknown;
  /** What every way to close it comes to, and where the descriptor is given back. */
  _destroy(error: Error | null, done: (error?: Error | null) => void): void;
  readonly _handle: { readonly fd?: number } | null;
  /** Ours. */
  heldBy?: { descriptor: number };
};
