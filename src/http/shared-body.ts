import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Request, Response } from "express";

type Encoding = "br" | "gzip";
type Compress = (bytes: Buffer) => Promise<Buffer>;

const brotliAsync = promisify(brotliCompress);
const gzipAsync = promisify(gzip);

/** A story changes every few seconds: half of what the best compression takes would be spent on the last few percent. */
const QUICKLY: Record<Encoding, Compress> = {
  br: (bytes) => brotliAsync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (bytes) => gzipAsync(bytes, { level: 6 }),
};

/** Smaller bodies go out in one packet as they are. */
const COMPRESSED_FROM_BYTES = 1_400;

/** What many ask for: made once, and compressed once in each way that somebody can read. */
export class SharedBody {
  readonly #bytes: Buffer;
  readonly #compressed = new Map<Encoding, Promise<Buffer>>();

  constructor(text: string) {
    this.#bytes = Buffer.from(text);
  }

  /** Its type must have been set. @returns the bytes that were sent. */
  async send(request: Request, response: Response): Promise<Buffer> {
    response.vary("Accept-Encoding");
    const encoding = this.#bytes.length < COMPRESSED_FROM_BYTES ? "identity" : acceptedEncoding(request);
    const bytes = encoding === "identity" ? this.#bytes : await this.#in(encoding);
    if (encoding !== "identity") response.set("Content-Encoding", encoding);
    response.send(bytes);
    return bytes;
  }

  #in(encoding: Encoding): Promise<Buffer> {
    const compressed = this.#compressed.get(encoding) ?? QUICKLY[encoding](this.#bytes);
    this.#compressed.set(encoding, compressed);
    return compressed;
  }
}

export function acceptedEncoding(request: Request): Encoding | "identity" {
  const accepted = request.acceptsEncodings(["br", "gzip", "identity"]);
  return accepted === "br" || accepted === "gzip" ? accepted : "identity";
}
