const FINAL_TEXT = 0x81;
const MASKED = 0x80;
const LENGTH_16_BITS = 126;
const LENGTH_64_BITS = 127;

/** A client's text frame (RFC 6455, section 5.2). Masked with zeros, so that the text stands as it is. */
export function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = Buffer.alloc(4);
  if (payload.length < LENGTH_16_BITS) {
    return Buffer.concat([Buffer.of(FINAL_TEXT, MASKED | payload.length), mask, payload]);
  }
  const header = Buffer.of(FINAL_TEXT, MASKED | LENGTH_16_BITS, payload.length >> 8, payload.length & 0xff);
  return Buffer.concat([header, mask, payload]);
}

/** Cuts what a server sends into payloads, without a copy where a chunk holds whole frames. */
export class FrameCutter {
  #rest: Buffer | null = null;

  cut(chunk: Buffer, onPayload: (payload: Buffer) => void): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const frame = frameAt(bytes, at);
      if (!frame) break;
      onPayload(bytes.subarray(frame.start, frame.end));
      at = frame.end;
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : null;
  }
}

/** @returns where the payload of the frame at `at` stands; null while it has not arrived whole. */
function frameAt(bytes: Buffer, at: number): { start: number; end: number } | null {
  const left = bytes.length - at;
  if (left < 2) return null;
  const short = bytes.readUInt8(at + 1) & 0x7f;
  const headerBytes = short < LENGTH_16_BITS ? 2 : short < LENGTH_64_BITS ? 4 : 10;
  if (left < headerBytes) return null;
  const length =
    headerBytes === 2 ? short : bytes.readUIntBE(at + (headerBytes === 4 ? 2 : 4), headerBytes === 4 ? 2 : 6);
  return left < headerBytes + length ? null : { start: at + headerBytes, end: at + headerBytes + length };
}
