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

/** Sites whose pages may show a story: any, or those that are named. */
export type Embedders = "any" | readonly string[];

/**
 * Who may embed a story: whom its editors and the operator both allow. Each allows any site by naming none.
 *
 * @param connecting origins whose pages may connect to the service at all.
 */
export function embeddersOf({ allowedOrigins }: Access, connecting: readonly string[]): Embedders {
  if (connecting.length === 0) return allowedOrigins.length === 0 ? "any" : allowedOrigins;
  return allowedOrigins.length === 0 ? connecting : allowedOrigins.filter((origin) => connecting.includes(origin));
}

/** @param origin undefined for the service's own pages and for what is no browser. */
export function mayEmbed(embedders: Embedders, origin: string | undefined): boolean {
  return origin === undefined || embedders === "any" || embedders.includes(origin);
}

/** What a refused site is told, on its console: who has to do what. @param page address of the story's page. */
export function embedRefusal(page: string, origin: string): string {
  return `${page} may not be embedded on ${origin}. Ask its newsroom to add this origin to the story's allowedOrigins and, if the service names the sites that may connect, to its ALLOWED_ORIGINS.`;
}
