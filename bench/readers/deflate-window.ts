import { constants, inflateRawSync } from "node:zlib";

/** What permessage-deflate takes away from the end of a message (RFC 7692, section 7.2.1). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);
const WINDOW_BYTES = 32 * 1024;

/** What one reader was told in compressed messages: later ones may refer to it. The texts are shared by all readers. */
export class DeflateWindow {
  #texts: Buffer[] = [];
  #bytes = 0;

  /** @throws Error for what refers to something else. */
  inflate(payload: Buffer): Buffer {
    const usual = { finishFlush: constants.Z_SYNC_FLUSH };
    const options = this.#bytes > 0 ? { ...usual, dictionary: Buffer.concat(this.#texts) } : usual;
    return inflateRawSync(Buffer.concat([payload, TAIL]), options);
  }

  add(text: Buffer): void {
    this.#texts.push(text);
    this.#bytes += text.length;
    for (let first = this.#texts[0]; first && this.#bytes - first.length >= WINDOW_BYTES; first = this.#texts[0]) {
      this.#texts.shift();
      this.#bytes -= first.length;
    }
  }
}
