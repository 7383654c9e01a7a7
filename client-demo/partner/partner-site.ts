import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type PartnerPage, partnerPage } from "./partner-page.ts";
import { LEGACY_STYLES, SITE_STYLES } from "./partner-styles.ts";

export type PartnerSiteOptions = PartnerPage & {
  /** Where to listen; where that is taken, or 0, wherever there is room. */
  port: number;
  /** Ends the site. */
  signal: AbortSignal;
};

/** Serves a partner's site on an origin of its own. @returns its address. */
export async function startPartnerSite({ port, signal, ...page }: PartnerSiteOptions): Promise<string> {
  const files = new Map([
    ["/", { type: "text/html", content: partnerPage(page) }],
    ["/site.css", { type: "text/css", content: SITE_STYLES }],
    ["/legacy.css", { type: "text/css", content: LEGACY_STYLES }],
  ]);
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? "/", "http://partner").pathname);
    response.setHeader("Content-Security-Policy", policy(page.service));
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.writeHead(file ? 200 : 404, { "Content-Type": `${file?.type ?? "text/plain"}; charset=utf-8` });
    response.end(file?.content ?? "There is nothing here.\n");
  });
  server.unref();
  signal.addEventListener("abort", () => {
    server.close();
    server.closeAllConnections();
  });
  const listen = (at: number) => once(server.listen(at), "listening");
  await listen(port).catch(() => listen(0));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** The service, the partner's own style sheets, and nothing else. No inline styles or scripts, no other hosts. */
function policy(service: string): string {
  return [
    ...["default-src 'none'", `script-src ${service}`, `connect-src ${service} ${service.replace(/^http/, "ws")}`],
    ...[
      `frame-src ${service}`,
      `img-src ${service} data:`,
      "style-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
    ],
  ].join("; ");
}
