import { after, before, beforeEach } from "node:test";
import type { Browser } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { PartnerSite } from "./partner-site.ts";
import { TestService } from "./service.ts";

/** What all tests of a file about embeds stand on. Imported names follow what is assigned here before the first test. */

export let service: TestService;
/** A partner's site, and that of somebody who is none. */
export let site: PartnerSite;
export let stranger: PartnerSite;
export let browser: Browser;
/** Of a story, another one in every test. */
export let slug = "";

let tests = 0;
before(async () => {
  [service, site, stranger, browser] = await Promise.all([
    ...([TestService.start(), PartnerSite.start(), PartnerSite.start(), launchChromium()] as const),
  ]);
});
beforeEach(() => {
  tests += 1;
  slug = `story-${tests}`;
});
after(async () => {
  await browser.close();
  await Promise.all([site.close(), stranger.close()]);
  await service.close();
});

/** Entries of a length that a small place has to scroll for. @returns their ids, newest first. */
export async function publishMany(number: number, to = slug): Promise<string[]> {
  const ids: string[] = [];
  for (let entry = 0; entry < number; entry += 1) {
    const draft = { headline: `Entry ${entry}`, markdown: "A sentence. ".repeat(40) };
    ids.unshift((await service.publish(to, draft)).id);
  }
  return ids;
}
