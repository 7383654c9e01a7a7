import type { Request } from "express";
import type { Keys } from "../editorial/keys.ts";
import { requirePrincipal } from "./authentication.ts";
import { readJson, readOptionalJson } from "./json-body.ts";

/**
 * Reads an editor's body. It may take as long as its sender likes, within the time that a request may take: the key,
 * which let it in, must not have been revoked meanwhile.
 */
export async function readEditorsJson(keys: Keys, request: Request): Promise<unknown> {
  const body = await readJson(request);
  await requirePrincipal(keys, request);
  return body;
}

/** The same for requests that need no body. */
export async function readOptionalEditorsJson(keys: Keys, request: Request): Promise<unknown> {
  const body = await readOptionalJson(request);
  await requirePrincipal(keys, request);
  return body;
}
