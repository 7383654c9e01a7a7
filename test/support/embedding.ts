import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { embedFrameHtml } from "../../src/pages/embed-snippets.tsx";
import { eventually } from "./eventually.ts";
import { type PartnerSite, strictPolicy } from "./partner-site.ts";
import type { TestService } from "./service.ts";

export type Embedding = {
  page: Page;
  /** Addresses of all that the page and its frames have asked for. */
  requests: string[];
  /** What was written to the console, with its kind before it. */
  console: string[];
  close(): Promise<void>;
};

/**
 * A page whose violations of its own policy and script errors fail the test when it is closed.
 *
 * @param prepare what is to be done before the page is asked for.
 */
export async function openPartner(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<Embedding> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...options });
  const page = await context.newPage();
  const troubles: string[] = [];
  const requests: string[] = [];
  const console: string[] = [];
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => console.push(`${message.type()}: ${message.text()}`));
  page.on("request", (request) => requests.push(request.url()));
  page.on("websocket", (socket) => requests.push(socket.url()));
  await page.exposeFunction("noteViolation", (violation: string) => troubles.push(violation));
  await page.addInitScript(() => {
    type Noting = typeof globalThis & { noteViolation(violation: string): void };
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      (globalThis as Noting).noteViolation(`${violatedDirective} ${blockedURI}`),
    );
  });
  await prepare(page);
  await page.goto(url);
  return {
    ...{ page, requests, console },
    async close() {
      await context.close();
      assert.deepEqual(troubles, []);
    },
  };
}

/** Waits until the console says it. */
export async function saysOnConsole({ page, console }: Embedding, words: string, times = 1): Promise<void> {
  await eventually(
    () => page.evaluate(() => {}).then(() => console.filter((line) => line.includes(words))),
    (lines) => lines.length === times,
  );
}

/** The story in a frame, as the builder gives it. */
export function frame(service: TestService, slug: string): string {
  return embedFrameHtml({ site: service.url, story: { slug, headline: "The story" }, width: 600, height: 480 });
}

/** What a partner writes who knows the attributes. */
export function snippet(service: TestService, slug: string, attributes = ""): string {
  const address = `${service.url}/stories/${slug}`;
  return `<live-story src="${address}" ${attributes}><a href="${address}">The story on its own page</a></live-story>`;
}

export function loader(service: TestService): string {
  return `<script type="module" src="${service.url}/embed/v1/live-story.js"></script>`;
}

let pages = 0;

/** A page under a strict policy, with these embeds of the service. @returns its address. */
export function embedPage(site: PartnerSite, service: TestService, embeds: string): string {
  pages += 1;
  return site.page(`/${pages}`, `${embeds}${loader(service)}`, { policy: strictPolicy(service.url) });
}

/** Waits until an embed shows its story; from then on no change of it is missed. */
export async function isShown(embed: Locator): Promise<void> {
  await embed.locator(".status:visible").first().waitFor();
}

/** The ids of the entries in an embed, from top to bottom. */
export function entriesIn(embed: Locator): Promise<string[]> {
  return embed
    .locator(".timeline article")
    .evaluateAll((articles) => articles.map(({ id }) => id.replace("entry-", "")));
}

/** Open sockets, as the service counts them. */
export async function socketsOf(service: TestService): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  return Number(/^dateline_connections (\d+)/m.exec(text)?.[1]);
}

export async function hasSockets(service: TestService, count: number): Promise<void> {
  await eventually(
    () => socketsOf(service),
    (open) => open === count,
  );
}
