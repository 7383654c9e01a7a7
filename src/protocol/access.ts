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
