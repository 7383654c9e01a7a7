import type { Request } from "express";
import { REQUEST_BODY_MAX_BYTES } from "../protocol/limits.ts";
import { Problem } from "../protocol/problem.ts";

/**
 * Reads a JSON body. Own code because body-parser reads a body that is too large to its end before it says so, which
 * makes an attacker's upload ours.
 *
 * @throws Problem `unsupported_media_type`, `payload_too_large`, `malformed_json`
 */
export async function readJson(request: Request): Promise<unknown> {
  requireJsonType(request);
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > REQUEST_BODY_MAX_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > REQUEST_BODY_MAX_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    // The connection has gone, or the body took too long: nothing of ours has failed.
    throw request.complete || error instanceof Problem ? error : new Problem("malformed_json", "The body broke off.");
  }
  return parse(Buffer.concat(chunks));
}

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
  const isPlain = (request.headers["content-encoding"] ?? "identity") === "identity";
  if (isJson && isUtf8 && isPlain) return;
  throw new Problem("unsupported_media_type", "Send JSON in UTF-8, uncompressed, as Content-Type: application/json.");
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Problem("malformed_json", "The body is not valid JSON in UTF-8. Check quotes, commas and brackets.");
  }
}

function tooLarge(): Problem {
  return new Problem("payload_too_large", `A body may have at most ${REQUEST_BODY_MAX_BYTES} bytes.`);
}
