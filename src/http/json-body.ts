import type { Request, RequestHandler } from "express";
import { REQUEST_BODY_MAX_BYTES } from "../protocol/limits.ts";
import { Problem } from "../protocol/problem.ts";

const BODY_MAX_DEPTH = 16;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Reads a JSON body. Own code because body-parser reads a body that is too large to its end before it says so, which
 * makes an attacker's upload ours.
 *
 * @throws Problem `unsupported_media_type`, `payload_too_large`, `malformed_json`
 */
export async function readJson(request: Request): Promise<unknown> {
  requireJsonType(request);
  return parse(await readBytes(request));
}

/** Whatever was asked for: Node would read the body to its end even where nobody wants it. */
export const refuseLargeBodies: RequestHandler = (request, _response, next) => {
  const declared = Number(request.headers["content-length"] ?? 0);
  next(declared > REQUEST_BODY_MAX_BYTES ? tooLarge() : undefined);
};

/** For requests that need no body: one that was not sent counts as `{}`. */
export async function readOptionalJson(request: Request): Promise<unknown> {
  const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
  return length === "0" && encoding === undefined ? {} : readJson(request);
}

function requireJsonType(request: Request): void {
  const [type = "", ...parameters] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
  const isJson = /^application\/([a-z0-9.+-]+\+)?json$/.test(type.trim());
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  const isUncompressed = (request.headers["content-encoding"] ?? "identity") === "identity";
  if (isJson && isUtf8 && isUncompressed) return;
  throw new Problem("unsupported_media_type", "Send JSON in UTF-8, uncompressed, as Content-Type: application/json.");
}

async function readBytes(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > REQUEST_BODY_MAX_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    // Whoever sent it went away, or was cut off: no fault of ours, and nobody to tell.
    throw error instanceof Problem ? error : malformed("The body ended before it was whole.");
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (isPlain(value)) return value;
  } catch {
    // Said below.
  }
  throw malformed(
    "The body is not valid JSON in UTF-8. Check quotes, commas, brackets and escapes, and that it is not nested deeply.",
  );
}

/**
 * Whether it is nested no deeper than anything an editor sends, since whatever walks it later may do so recursively;
 * and whether its texts are Unicode: an escaped half of a character is none, and no store would keep it.
 */
function isPlain(body: unknown): boolean {
  let level = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > BODY_MAX_DEPTH || level.some((value) => typeof value === "string" && LONE_SURROGATE.test(value)))
      return false;
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return true;
}

function malformed(detail: string): Problem {
  return new Problem("malformed_json", detail);
}

function tooLarge(): Problem {
  return new Problem("payload_too_large", `A body may have at most ${REQUEST_BODY_MAX_BYTES} bytes.`);
}
