import type { StoryStatus } from "./shapes.ts";

/** What decides who may read a story. */
export type Access = { status: StoryStatus; allowedOrigins: readonly string[] };

/**
 * Whether a reader without a key may read a story.
 *
 * @param origin the page's origin; undefined when the reader is no browser, or the page is the service's own.
 */
export function mayRead(
  { status, allowedOrigins }: Access,
  origin: string | undefined,
): "yes" | "not_found" | "forbidden" {
  if (status === "draft") return "not_found";
  if (origin === undefined || allowedOrigins.length === 0) return "yes";
  return allowedOrigins.includes(origin) ? "yes" : "forbidden";
}

/**
 * The origin of a page that is not the service's own; undefined for the own pages and for readers that are no browser.
 *
 * @param site the service's origin as it is known to readers; it may also be reached by the name in `host`.
 */
export function foreignOrigin(
  site: string,
  headers: { origin?: string | undefined; host?: string | undefined },
): string | undefined {
  const { origin, host } = headers;
  if (origin === undefined || origin === site) return undefined;
  return host !== undefined && origin.replace(/^https?:\/\//, "") === host ? undefined : origin;
}
