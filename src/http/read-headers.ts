import type { Request, Response } from "express";
import type { Embedders } from "../protocol/access.ts";

const PUBLIC_PAGE = "public, max-age=1, stale-while-revalidate=9";
const PUBLIC_CHANGES = "public, max-age=1";

/** Headers of every read. Until a story says otherwise any site may see the answer, also one that says no. */
export function startRead(request: Request, response: Response): void {
  response.set("Vary", "Authorization, Origin");
  response.set("Cache-Control", request.headers.authorization === undefined ? PUBLIC_PAGE : "private, no-store");
  response.set("Access-Control-Allow-Origin", "*");
  response.set("Access-Control-Expose-Headers", "ETag, Retry-After");
}

/** A catch-up that is served while a newer one is fetched would hold a reader back. */
export function allowNoStaleAnswer(request: Request, response: Response): void {
  if (request.headers.authorization === undefined) response.set("Cache-Control", PUBLIC_CHANGES);
}

/** Lets pages of these sites read the answer, and of no others. */
export function allowOrigins(request: Request, response: Response, sites: Embedders): void {
  const { origin } = request.headers;
  if (sites === "any") return;
  if (origin !== undefined && sites.includes(origin)) response.set("Access-Control-Allow-Origin", origin);
  else response.removeHeader("Access-Control-Allow-Origin");
}

export function answerPreflight(response: Response): void {
  response.set("Access-Control-Allow-Origin", "*");
  response.set("Access-Control-Allow-Methods", "GET, HEAD");
  response.set("Access-Control-Allow-Headers", "Cache-Control, If-None-Match, Last-Event-ID");
  response.set("Access-Control-Max-Age", "86400");
  response.set("Vary", "Authorization, Origin");
  response.status(204).end();
}

/**
 * Answers a reader who already holds what `etag` (with quotes) names, with the headers that the whole answer would have
 * had: caches renew what they keep by them. (RFC 9110, 15.4.5) What else belongs to these must have been set.
 *
 * @returns whether the request is answered.
 */
export function answerUnchanged(request: Request, response: Response, etag: string): boolean {
  response.set("ETag", etag).vary("Accept-Encoding");
  if (!isFresh(request, etag)) return false;
  response.status(304).end();
  return true;
}

/** Whether the reader holds what `etag` (with quotes) names. */
export function isFresh(request: Request, etag: string): boolean {
  const held = request.headers["if-none-match"];
  return held?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*") ?? false;
}

/** Reads `If-Match`: whether a version is one that the editor has seen. Absent: any will do. */
export function expectation(request: Request): (version: number) => boolean {
  const seen = request.headers["if-match"];
  if (seen === undefined) return () => true;
  const tags = seen.split(",").map((tag) => tag.trim());
  return (version) => tags.includes("*") || tags.includes(`"${version}"`);
}
