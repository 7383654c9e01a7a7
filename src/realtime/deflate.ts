import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { DeflateExtension, WebSocketFace } from "./engine-connection.ts";

/**
 * Compression of WebSocket messages (RFC 7692), done once for all readers of a message and not for each of them. Without
 * context from one message to the next, in either direction, a compressed message is the same bytes for everybody, and
 * no connection has to keep a context, which would be the largest part of it.
 */
export const PER_MESSAGE_DEFLATE = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  /** What is not compressed here is not compressed by ws either. */
  threshold: Number.MAX_SAFE_INTEGER,
} as const;

/** Smaller ones gain less than the kernel notices. */
const DEFLATE_FROM_BYTES = 200;
/** Up to here the best compression costs less than one write; whole snapshots take the quick one. */
const SMALL_BYTES = 16 * 1024;
const FULL_WINDOW_BITS = 15;
/** What every compressed message ends with, and is sent without. */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** @returns null where it would not pay. */
export function deflated(payload: Buffer): Buffer | null {
  if (payload.length < DEFLATE_FROM_BYTES) return null;
  const level = payload.length <= SMALL_BYTES ? 9 : 4;
  const bytes = deflateRawSync(payload, { level, finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.length - TAIL.length < payload.length ? bytes.subarray(0, -TAIL.length) : null;
}

/**
 * Takes compression over from ws for one WebSocket, if it was agreed on.
 *
 * @param maxBytes of an inflated message. What is longer ends the connection, and is not unpacked any further.
 * @returns whether the reader takes messages that are compressed for all.
 */
export function takeOverDeflate({ _extensions: extensions }: WebSocketFace, maxBytes: number): boolean {
  const extension = extensions["permessage-deflate"];
  if (!extension) return false;
  extension.decompress = inflater(maxBytes);
  const { server_max_window_bits: windowBits = FULL_WINDOW_BITS } = extension.params;
  return windowBits >= FULL_WINDOW_BITS;
}

/** ws would make an inflating stream for each connection at its first compressed message, and keep it. */
function inflater(maxBytes: number): DeflateExtension["decompress"] {
  let parts: Buffer[] | null = null;
  return (data, isLast, done) => {
    if (!isLast) {
      parts ??= [];
      parts.push(data);
      return process.nextTick(done, null, EMPTY);
    }
    const message = Buffer.concat(parts ? [...parts, data, TAIL] : [data, TAIL]);
    parts = null;
    // Later, as ws expects it.
    process.nextTick(done, ...inflated(message, maxBytes));
  };
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
