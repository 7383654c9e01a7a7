import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { entriesOn, hideTab, isLive, openPage, showTab } from "../support/reading.ts";
import { TestService } from "../support/service.ts";

/** More than the service hands on as changes, and more than three pages of a snapshot. */
const MISSED = 620;

let service: TestService;
let browser: Browser;
before(async () => {
  [service, browser] = await Promise.all([TestService.start(), launchChromium()]);
});
after(async () => {
  await browser.close();
  await service.close();
});

async function publishMany(slug: string, count: number, name: string): Promise<void> {
  for (let n = 0; n < count; n += 20) {
    const few = Array.from({ length: Math.min(20, count - n) }, (_, index) => `${name} ${n + index}`);
    await Promise.all(few.map((headline) => service.publish(slug, { headline })));
  }
}

async function newestIds(slug: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let older: string | null = ""; older !== null && ids.length < count; ) {
    const { body } = await service.call("GET", `/stories/${slug}?limit=200${older && `&before=${older}`}`, {
      key: null,
    });
    ids.push(...body.entries.map(({ id }) => id));
    ({ older } = body);
  }
  return ids.slice(0, count);
}

/** Where an entry stands in the window, in CSS pixels. */
function placeOf(page: Page, id: string): Promise<number> {
  return page.locator(`#entry-${id}`).evaluate((entry) => entry.getBoundingClientRect().top);
}

test("[C3] who missed more than can be handed on keeps their place, the count and the key moments", async () => {
  await service.createStory({ slug: "long", headline: "A very long night" });
  const first = await service.publish("long", { headline: "How it began", importance: "key" });
  const undone = await service.publish("long", { headline: "No moment after all", importance: "key" });
  await publishMany("long", 60, "Before");
  const { page, close } = await openPage(browser, `${service.url}/stories/long`, {}, (page) => page.clock.install());
  await isLive(page);
  const shown = await entriesOn(page);
  const [read = "", withdrawn = ""] = shown.slice(15);
  await page.locator(`#entry-${read}`).evaluate((entry) => entry.scrollIntoView({ block: "start" }));
  const place = await placeOf(page, read);

  await hideTab(page);
  await page.clock.fastForward("05:01");
  await eventually(openSockets, (sockets) => sockets === 0);
  await publishMany("long", MISSED, "Meanwhile");
  await service.call("DELETE", `/stories/long/entries/${withdrawn}`);
  await service.call("PATCH", `/stories/long/entries/${undone.id}`, { body: { importance: "normal" } });
  await showTab(page);
  await isLive(page);

  assert.deepEqual(
    await entriesOn(page),
    shown.filter((id) => id !== withdrawn),
  );
  assert.ok(Math.abs((await placeOf(page, read)) - place) <= 1, "the line did not move");
  assert.match(await page.title(), new RegExp(`^\\(${MISSED}\\) `));
  const moments = page.locator(".key-moments a");
  await eventually(
    () => moments.evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
    (links) => links.length === 1 && String(links[0]).includes(first.id),
  );

  await page.getByRole("button", { name: `${MISSED} new updates` }).click();
  await page.getByRole("heading", { name: `Meanwhile ${MISSED - 1}` }).waitFor();
  const all = MISSED + shown.length - 1;
  assert.deepEqual(await entriesOn(page), await newestIds("long", all));
  await page.locator(".left-off", { hasText: "New since you left" }).waitFor();
  await close();
});

async function openSockets(): Promise<number> {
  const { checks } = await (await fetch(`${service.url}/health`)).json();
  return checks["connections:sockets"][0].observedValue;
}
