import type { Request } from "express";
import { hashOf, type Idempotency } from "../editorial/command.ts";
import { IDEMPOTENCY_KEY_MAX_CHARS } from "../protocol/limits.ts";
import { Problem } from "../protocol/problem.ts";

/** @param operation part of what must be the same for a repeat. @throws Problem `validation_failed` */
export function readIdempotency(request: Request, operation: string, body: unknown): Idempotency | undefined {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key !== "string" || !/^[\x20-\x7e]+$/.test(key) || key.length > IDEMPOTENCY_KEY_MAX_CHARS) {
    throw new Problem(
      "validation_failed",
      `Idempotency-Key must be 1 to ${IDEMPOTENCY_KEY_MAX_CHARS} printable ASCII characters.`,
    );
  }
  return { key, bodyHash: hashOf(operation, body) };
}
