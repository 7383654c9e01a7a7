import type { Request, Response } from "express";
import type { Keys, Principal } from "../editorial/keys.ts";
import { Problem } from "../protocol/problem.ts";

/** With the time for which a key is trusted, a revoked one reads on for less than 5 s. */
const LOOK_EVERY_MS = 1_000;

/**
 * Who sent the request; null for a reader without a key.
 *
 * @throws Problem `unauthenticated` for a key that is not valid: its holder must not take a public answer for theirs.
 */
export async function authenticate(keys: Keys, request: Request): Promise<Principal | null> {
  const { authorization } = request.headers;
  if (authorization === undefined) return null;
  const [, secret] = /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(authorization) ?? [];
  const principal = secret === undefined ? null : await keys.authenticate(secret);
  if (!principal) throw new Problem("unauthenticated", "This key is not known here, or was revoked.");
  return principal;
}

export async function requirePrincipal(keys: Keys, request: Request): Promise<Principal> {
  const principal = await authenticate(keys, request);
  if (!principal) {
    throw new Problem("unauthenticated", "Send an API key: Authorization: Bearer <key>.");
  }
  return principal;
}

/** For answers that go on: what a key has opened closes with it. While the store is away nobody knows, and it stays. */
export function endWhenRevoked(keys: Keys, request: Request, response: Response): void {
  if (response.destroyed) return;
  const look = setInterval(() => {
    authenticate(keys, request).catch((error: unknown) => {
      if (error instanceof Problem) response.end();
    });
  }, LOOK_EVERY_MS);
  response.once("close", () => clearInterval(look));
}
