import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { DeflateExtension, WebSocketFace } from "./engine-connection.ts";

/**
 * Compression of WebSocket messages (RFC 7692), done once for all readers of a message and not for each of them, so that no
 * connection has to keep a context, which would be the largest part of it. All that a compressed message refers to, if
 * anything, is the one before it, where both went to the same readers.
 */
export const PER_MESSAGE_DEFLATE = {
  clientNoContextTakeover: true,
  /** What is not compressed here is not compressed by ws either. */
  threshold: Number.MAX_SAFE_INTEGER,
} as const;

/** What was agreed on with a reader: no compression, messages that stand for themselves, or such as refer to the last one. */
export type Compression = "none" | "single" | "after-last";

/** Smaller ones gain less than the kernel notices. */
const DEFLATE_FROM_BYTES = 200;
/** Up to here the best compression costs less than one write; whole snapshots take the quick one. */
const SMALL_BYTES = 16 * 1024;
const FULL_WINDOW_BITS = 15;
/** What every compressed message ends with, and is sent without. */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** @param dictionary what the reader was sent compressed just before. @returns null where it would not pay. */
export function deflated(payload: Buffer, dictionary?: Buffer): Buffer | null {
  if (payload.length < DEFLATE_FROM_BYTES) return null;
  const level = payload.length <= SMALL_BYTES ? 9 : 4;
  const options = { level, finishFlush: constants.Z_SYNC_FLUSH };
  const bytes = deflateRawSync(payload, dictionary ? { ...options, dictionary } : options);
  return bytes.length - TAIL.length < payload.length ? bytes.subarray(0, -TAIL.length) : null;
}

/**
 * Takes compression over from ws for one WebSocket.
 *
 * @param maxBytes of an inflated message. What is longer ends the connection, and is not unpacked any further.
 * @returns what was agreed on.
 */
export function takeOverDeflate({ _extensions: extensions }: WebSocketFace, maxBytes: number): Compression {
  const agreed = extensions["permessage-deflate"];
  if (!agreed) return "none";
  const { server_max_window_bits: windowBits = FULL_WINDOW_BITS, server_no_context_takeover: single } = agreed.params;
  extensions["permessage-deflate"] = new Inflater(maxBytes, agreed.params);
  if (windowBits < FULL_WINDOW_BITS) return "none";
  return single ? "single" : "after-last";
}

/** In place of that of ws, which would make an inflating stream for each connection at its first message, and keep it. */
class Inflater implements DeflateExtension {
  readonly params: DeflateExtension["params"];
  readonly #maxBytes: number;
  #parts: Buffer[] | null = null;

  constructor(maxBytes: number, params: DeflateExtension["params"]) {
    this.#maxBytes = maxBytes;
    this.params = params;
  }

  decompress(data: Buffer, isLast: boolean, done: (error: Error | null, message?: Buffer) => void): void {
    if (!isLast) {
      this.#parts ??= [];
      this.#parts.push(data);
      process.nextTick(done, null, EMPTY);
      return;
    }
    const message = Buffer.concat(this.#parts ? [...this.#parts, data, TAIL] : [data, TAIL]);
    this.#parts = null;
    // Later, as ws expects it.
    process.nextTick(done, ...inflated(message, this.#maxBytes));
  }

  /** Called by ws when the connection is closed. */
  cleanup(): void {
    this.#parts = null;
  }
}

const EMPTY = Buffer.alloc(0);

function inflated(message: Buffer, maxBytes: number): [error: Error | null, message?: Buffer] {
  try {
    return [
      null,
      inflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxBytes, chunkSize: 1024 }),
    ];
  } catch {
    // In the words of ws, by which the guard knows a frame against the rules.
    return [Object.assign(new Error("Cannot inflate this message."), { code: "WS_ERR_INVALID_DEFLATED_MESSAGE" })];
  }
}
