import type { Request } from "express";
import type { Keys, Principal } from "../editorial/keys.ts";
import { Problem } from "../protocol/problem.ts";

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
