import type { RequestHandler, Response } from "express";
import type { Embedders } from "../protocol/access.ts";

/** A year. Other names of the domain are the operator's to promise, so they are not included. */
const TRANSPORT_SECURITY = "max-age=31536000";

export type PageRules = {
  /** Which pages may show this one in a frame. */
  framedBy: Embedders;
  /** Whether it has a form, which then goes to this service. @default false */
  hasForm?: boolean;
};

/** Headers of every answer. @param site the service's origin as readers know it. */
export function secureAnswers(site: string): RequestHandler {
  return (_request, response, next) => {
    response.set("X-Content-Type-Options", "nosniff").set("Referrer-Policy", "strict-origin-when-cross-origin");
    if (site.startsWith("https:")) response.set("Strict-Transport-Security", TRANSPORT_SECURITY);
    next();
  };
}

/** Headers of pages, which nobody may frame. Routes that know better call `securePage` again. */
export function securePages(site: string): RequestHandler {
  return (_request, response, next) => {
    securePage(response, site, { framedBy: [] });
    next();
  };
}

/**
 * Nothing inline, nothing from elsewhere but the story's own images, and no markup out of text but by the one policy of
 * `view/safe-html.tsx`.
 */
export function securePage(response: Response, site: string, { framedBy, hasForm = false }: PageRules): void {
  const policy = [
    ...[
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "font-src 'self'",
      "img-src 'self' http: https:",
    ],
    // Browsers of before 2022 do not take a WebSocket for a part of 'self'.
    `connect-src 'self' ${site.replace(/^http/, "ws")}`,
    ...[
      "base-uri 'none'",
      `form-action ${hasForm ? "'self'" : "'none'"}`,
      `frame-ancestors ${frameAncestors(framedBy)}`,
    ],
    ...["require-trusted-types-for 'script'", "trusted-types dateline"],
  ];
  response.set("Content-Security-Policy", policy.join("; "));
}

/** As a policy names them. What others may frame, the service's own pages may. */
export function frameAncestors(framedBy: Embedders): string {
  if (framedBy === "any") return "*";
  return framedBy.length === 0 ? "'none'" : ["'self'", ...framedBy].join(" ");
}
