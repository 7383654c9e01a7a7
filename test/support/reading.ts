import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A reader's page that must stay free of script errors and policy violations. */
export type Reading = { page: Page /** Fails the test if anything went wrong on the page. */; close(): Promise<void> };

export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Reading> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => {
    // A connection that is refused while the service is down is the browser's own message, not the page's.
    if (message.type() === "error" && !/ERR_CONNECTION_REFUSED/.test(message.text())) troubles.push(message.text());
  });
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
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.locator(".status", { hasText: "Live" }).waitFor();
}

/** The ids of the entries on the page, from top to bottom. */
export function entriesOn(page: Page): Promise<string[]> {
  return page
    .locator(".timeline article")
    .evaluateAll((articles) => articles.map(({ id }) => id.replace("entry-", "")));
}
