import type { Listener } from "./web-socket-frames.ts";

const LINE_END = Buffer.from("\r\n");

/** Cuts a body in chunked transfer coding (RFC 9112, section 7.1) into its chunks. */
export class ChunkCutter {
  #rest: Buffer | null = null;

  cut(received: Buffer, { onPayload }: Listener): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, received]) : received;
    let at = 0;
    for (;;) {
      const lineEnd = bytes.indexOf(LINE_END, at);
      if (lineEnd < 0) break;
      const start = lineEnd + LINE_END.length;
      const end = start + Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
      if (bytes.length < end + LINE_END.length) break;
      onPayload(bytes.subarray(start, end), false);
      at = end + LINE_END.length;
    }
    this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : null;
  }
}
