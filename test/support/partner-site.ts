import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type SiteFile = { type: string; content: string; policy: string | null };
type PageOptions = {
  /** The Content-Security-Policy. @default none */
  policy?: string;
  head?: string;
};

/** A partner's site: another origin than the service's. */
export class PartnerSite {
  readonly url: string;
  readonly #server: Server;
  readonly #files: Map<string, SiteFile>;

  private constructor(server: Server, files: Map<string, SiteFile>) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#server = server;
    this.#files = files;
  }

  static async start(): Promise<PartnerSite> {
    const files = new Map<string, SiteFile>();
    const server = createServer((request, response) => {
      const file = files.get(request.url ?? "");
      if (file?.policy) response.setHeader("Content-Security-Policy", file.policy);
      response.writeHead(file ? 200 : 404, { "Content-Type": `${file?.type ?? "text/plain"}; charset=utf-8` });
      response.end(file?.content ?? "");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new PartnerSite(server, files);
  }

  /** Puts a page on the site. @returns its address. */
  page(path: string, main: string, { policy, head = "" }: PageOptions = {}): string {
    const meta = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">`;
    const content = `<!doctype html><html lang="en"><head>${meta}<title>The partner</title>${head}</head><body><main><h1>The partner</h1>${main}</main></body></html>`;
    return this.file(path, "text/html", content, policy);
  }

  file(path: string, type: string, content: string, policy: string | null = null): string {
    this.#files.set(path, { type, content, policy });
    return `${this.url}${path}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

/** What a partner's policy has to allow for embeds, and besides that nothing but its own style sheet. */
export function strictPolicy(service: string): string {
  const socket = service.replace(/^http/, "ws");
  return [
    ...["default-src 'none'", `script-src ${service}`, `connect-src ${service} ${socket}`, `img-src ${service} data:`],
    ...["style-src 'self'", `frame-src ${service}`, "base-uri 'none'", "form-action 'none'"],
  ].join("; ");
}
