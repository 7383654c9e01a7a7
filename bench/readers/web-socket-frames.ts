const FINAL = 0x80;
const COMPRESSED = 0x40;
const OPCODE = 0x0f;
const TEXT = 0x1;
const PING = 0x9;
const PONG = 0xa;
const MASKED = 0x80;
const LENGTH_16_BITS = 126;
const LENGTH_64_BITS = 127;

/** A client's text frame (RFC 6455, section 5.2). Masked with zeros, so that the text stands as it is. */
export function clientFrame(text: string): Buffer {
  return frameOf(TEXT, Buffer.from(text));
}

function frameOf(opcode: number, payload: Buffer): Buffer {
  const mask = Buffer.alloc(4);
  if (payload.length < LENGTH_16_BITS) {
    return Buffer.concat([Buffer.of(FINAL | opcode, MASKED | payload.length), mask, payload]);
  }
  const header = Buffer.of(FINAL | opcode, MASKED | LENGTH_16_BITS, payload.length >> 8, payload.length & 0xff);
  return Buffer.concat([header, mask, payload]);
}

export type Listener = {
  /** @param payload stands only during the call. */
  onPayload: (payload: Buffer, compressed: boolean) => void;
  /** What has to be sent back at once. */
  onReply: (frame: Buffer) => void;
};

/** Cuts what a server sends into payloads, without a copy where a chunk holds whole frames. */
export class FrameCutter {
  #rest: Buffer | null = null;

  /** @param chunk may be used again after the call. @throws where the server sends what this one does not know. */
  cut(chunk: Buffer, { onPayload, onReply }: Listener): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const end = endOfFrame(bytes, at);
      if (end === null) break;
      const first = bytes.readUInt8(at);
      const payload = bytes.subarray(payloadStart(bytes, at), end);
      if ((first & ~COMPRESSED) === (FINAL | TEXT)) onPayload(payload, (first & COMPRESSED) !== 0);
      else if ((first & OPCODE) === PING) onReply(frameOf(PONG, payload));
      else if ((first & OPCODE) < PING - 1) throw new Error("A reader was sent a frame that is no whole text.");
      at = end;
    }
    this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : null;
  }
}

function payloadStart(bytes: Buffer, at: number): number {
  const short = bytes.readUInt8(at + 1) & 0x7f;
  return at + (short < LENGTH_16_BITS ? 2 : short < LENGTH_64_BITS ? 4 : 10);
}

/** @returns null while the frame at `at` has not arrived whole. */
function endOfFrame(bytes: Buffer, at: number): number | null {
  if (bytes.length - at < 2) return null;
  const start = payloadStart(bytes, at);
  if (bytes.length < start) return null;
  const headerBytes = start - at;
  const length =
    headerBytes === 2
      ? bytes.readUInt8(at + 1) & 0x7f
      : bytes.readUIntBE(headerBytes === 4 ? at + 2 : at + 4, headerBytes === 4 ? 2 : 6);
  return bytes.length < start + length ? null : start + length;
}
