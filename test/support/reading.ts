import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A reader's page that must stay free of script errors and policy violations. */
export type Reading = { page: Page /** Fails the test if anything went wrong on the page. */; close(): Promise<void> };

/** @param prepare what is to be done before the page is asked for. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<Reading> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => {
    // That a connection fails while the service is down is the browser's own message, not the page's.
    if (message.type() === "error" && !/^WebSocket connection to .* failed/.test(message.text())) {
      troubles.push(message.text());
    }
  });
  await prepare(page);
  await page.goto(url);
  return {
    page,
    async close() {
      await context.close();
      assert.deepEqual(troubles, []);
    },
  };
}

/** Waits until the page says that it is live: from then on every change reaches it. */
export async function isLive(page: Page): Promise<void> {
  await page.locator('.status[data-connection="live"]').waitFor();
}

/** The ids of the entries on the page, from top to bottom. */
export function entriesOn(page: Page): Promise<string[]> {
  return page
    .locator(".timeline article")
    .evaluateAll((articles) => articles.map(({ id }) => id.replace("entry-", "")));
}

type LayoutShift = PerformanceEntry & {
  value: number;
  sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
};

/** From now on every layout shift of the page is noted, with what moved. */
export async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const describe = ({ node, previousRect, currentRect }: LayoutShift["sources"][number]) =>
      `${node instanceof Element ? `${node.tagName} ${node.id} ${node.className}` : node?.textContent} from ${previousRect.y} to ${currentRect.y}`;
    new PerformanceObserver((list) => {
      const shifts = list.getEntries().map((entry) => entry as LayoutShift);
      const told = shifts.map(({ value, sources }) => `${value}: ${sources.map(describe).join(", ")}`);
      document.documentElement.dataset.shifts = JSON.stringify([
        ...JSON.parse(document.documentElement.dataset.shifts ?? "[]"),
        ...told,
      ]);
    }).observe({ type: "layout-shift" });
  });
}

export async function shiftsOn(page: Page): Promise<string[]> {
  return JSON.parse(await page.evaluate(() => document.documentElement.dataset.shifts ?? "[]"));
}

/** A browser without a window shows all its tabs at once: what one would say when it is hidden is said for it. */
export async function hideTab(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, value: "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

export async function showTab(page: Page): Promise<void> {
  await page.evaluate(() => {
    Reflect.deleteProperty(document, "visibilityState");
    document.dispatchEvent(new Event("visibilitychange"));
  });
}
