import { createHmac, timingSafeEqual } from "node:crypto";

/** How long the address of a draft's page is good for. */
export const PREVIEW_MS = 60 * 60 * 1000;

/** What a preview address carries: until when, and a proof that this service said so. */
export function signPreview(secret: string, slug: string, expiresAtMs: number): string {
  return `${expiresAtMs.toString(36)}.${signature(secret, slug, expiresAtMs)}`;
}

export function isPreviewOf(secret: string, slug: string, token: string, nowMs: number): boolean {
  const [expiry = "", given = ""] = token.split(".");
  const expiresAtMs = Number.parseInt(expiry, 36);
  if (!(expiresAtMs > nowMs)) return false;
  const expected = Buffer.from(signature(secret, slug, expiresAtMs));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function signature(secret: string, slug: string, expiresAtMs: number): string {
  return createHmac("sha256", secret).update(`preview\0${slug}\0${expiresAtMs}`).digest("base64url");
}
