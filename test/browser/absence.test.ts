import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { eventually } from "../support/eventually.ts";
import { entriesOn, hideTab, isLive, openPage, showTab } from "../support/reading.ts";
import { TestService } from "../support/service.ts";

let service: TestService;
let browser: Browser;
let slug = "";
let count = 0;
before(async () => {
  // Readers go back to pages that their browser kept; Playwright's own switch forbids it.
  [service, browser] = await Promise.all([TestService.start(), launchChromium(["--disable-back-forward-cache"])]);
});
beforeEach(async () => {
  count += 1;
  slug = `story-${count}`;
  await service.createStory({ slug, headline: "Votes are counted" });
  await service.publish(slug, { headline: "Before" });
});
after(async () => {
  await browser.close();
  await service.close();
});

/** A page whose clock the test moves; from `origin` if not from the service itself. */
async function openLive(origin = service.url, time: string | number = Date.now()) {
  const reading = await openPage(browser, `${origin}/stories/${slug}`, {}, (page) => page.clock.install({ time }));
  await isLive(reading.page);
  return reading;
}

async function openSockets(): Promise<number> {
  const { checks } = await (await fetch(`${service.url}/health`)).json();
  return checks["connections:sockets"][0].observedValue;
}

async function assertWhole(page: Page): Promise<void> {
  const { entries } = await service.snapshot(slug);
  const ids = entries.map(({ id }) => id);
  await eventually(
    () => entriesOn(page),
    (shown) => String(shown) === String(ids),
  );
}

/** What is above and below the divider, by their headings. */
async function dividedAt(page: Page): Promise<string[][]> {
  await page.locator(".left-off", { hasText: "New since you left" }).waitFor();
  const items = await page
    .locator(".timeline > li")
    .evaluateAll((all) => all.map((item) => item.querySelector("h3")?.textContent ?? "-"));
  const divider = items.indexOf("-");
  return [items.slice(0, divider), items.slice(divider + 1)];
}

test("[C2] a page from the back/forward cache is whole again, without what was withdrawn meanwhile", async () => {
  const { id } = await service.publish(slug, { headline: "Withdrawn" });
  const { page, close } = await openPage(browser, `${service.url}/stories/${slug}`);
  await isLive(page);
  await page.evaluate(() => {
    document.documentElement.dataset.kept = "yes";
  });
  await page.evaluate((url) => location.assign(url), service.url);
  await page.getByRole("heading", { name: "Live stories" }).waitFor();
  await eventually(openSockets, (sockets) => sockets === 0);
  await service.call("DELETE", `/stories/${slug}/entries/${id}`);
  await service.publish(slug, { headline: "Meanwhile" });
  await page.evaluate(() => history.back());
  await page.getByRole("heading", { name: "Meanwhile" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("data-kept"), "yes", "the page was kept");
  await assertWhole(page);
  await isLive(page);
  await close();
});

test("[C2] a machine that slept for an hour is whole again, and shows what came since", async (t) => {
  const proxy = await CuttingProxy.start(service.url);
  t.after(() => proxy.close());
  const { page, close } = await openLive(proxy.url);
  proxy.silence();
  await hideTab(page);
  await service.publish(slug, { headline: "During the night" });
  // Its timers do not run meanwhile; those that are due run once, as on waking.
  await page.clock.fastForward("01:00:00");
  await showTab(page);
  assert.deepEqual(await dividedAt(page), [["During the night"], ["Before"]]);
  await assertWhole(page);
  await isLive(page);
  await close();
});

test("[C2] a machine that slept notices by itself, also when its tab was never hidden", async (t) => {
  const proxy = await CuttingProxy.start(service.url);
  t.after(() => proxy.close());
  const { page, close } = await openLive(proxy.url);
  proxy.silence();
  await service.publish(slug, { headline: "During the night" });
  await page.clock.fastForward("01:00:00");
  await page.getByRole("heading", { name: "During the night" }).waitFor();
  await isLive(page);
  await close();
});

test("[C2] a tab in the background for a day closes its socket after five minutes, and is whole when seen again", async () => {
  const { page, close } = await openLive();
  await eventually(openSockets, (sockets) => sockets === 1);
  await hideTab(page);
  await page.clock.fastForward("05:01");
  await eventually(openSockets, (sockets) => sockets === 0);
  await page.clock.fastForward("24:00:00");
  for (const headline of ["First", "Second"]) await service.publish(slug, { headline });
  await showTab(page);
  assert.deepEqual(await dividedAt(page), [["Second", "First"], ["Before"]]);
  await assertWhole(page);
  await isLive(page);
  await close();
});

test("who glances away for a moment finds no divider", async () => {
  const { page, close } = await openLive();
  await hideTab(page);
  await service.publish(slug, { headline: "Meanwhile" });
  await page.getByText("Meanwhile").waitFor({ state: "detached" });
  await showTab(page);
  await page.getByRole("heading", { name: "Meanwhile" }).waitFor();
  assert.equal(await page.locator(".left-off").count(), 0);
  await close();
});

test("an ended story closes its socket, looks again once a minute by a conditional request, and on return", async () => {
  const { page, close } = await openLive();
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "ended" } });
  await page.locator(".status", { hasText: "Ended" }).waitFor();
  await eventually(openSockets, (sockets) => sockets === 0);
  const look = () => page.waitForResponse((response) => response.url().includes(`/api/v1/stories/${slug}?limit=`));
  const [same] = await Promise.all([look(), page.clock.fastForward("01:01")]);
  assert.equal(same.status(), 304);
  assert.match((await same.request().allHeaders())["if-none-match"] ?? "", /^".+"$/);
  const { body } = await service.call("GET", `/stories/${slug}`);
  await service.call("PATCH", `/stories/${slug}/entries/${body.entries[0]?.id}`, { body: { headline: "Corrected" } });
  await hideTab(page);
  const [changed] = await Promise.all([look(), showTab(page)]);
  assert.equal(changed.status(), 200);
  await page.getByRole("heading", { name: "Corrected" }).waitFor();
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "live" } });
  await page.clock.fastForward("01:01");
  await isLive(page);
  await close();
});

test("a reader without a network is told of when the page is, and is whole when it is back", async () => {
  const { page, close } = await openLive(service.url, "2024-06-19T07:05:00.000Z");
  await page.context().setOffline(true);
  await page.locator(".status", { hasText: "Offline, showing 2:05 AM state" }).waitFor();
  await service.publish(slug, { headline: "Meanwhile" });
  await page.context().setOffline(false);
  await page.getByRole("heading", { name: "Meanwhile" }).waitFor();
  await isLive(page);
  await close();
});

test("the count stays right through arrivals, retractions, a lost connection and a reload", async (t) => {
  const proxy = await CuttingProxy.start(service.url);
  t.after(() => proxy.close());
  for (let n = 0; n < 8; n += 1) await service.publish(slug, { markdown: "A sentence to fill the page. ".repeat(40) });
  const { page, close } = await openLive(proxy.url);
  await page
    .locator(".timeline article")
    .last()
    .evaluate((article) => article.scrollIntoView());
  const unseen: string[] = [];
  for (let n = 0; n < 3; n += 1) unseen.unshift((await service.publish(slug)).id);
  await page.getByRole("button", { name: "3 new updates" }).waitFor();
  await page.getByRole("status").getByText("3 new updates").waitFor({ state: "attached" });
  assert.match(await page.title(), /^\(3\) /);
  proxy.cut(1, () => 0);
  await service.call("DELETE", `/stories/${slug}/entries/${unseen[1]}`);
  await service.call("PATCH", `/stories/${slug}/entries/${unseen[0]}`, { body: { headline: "Revised unseen" } });
  await page.getByRole("button", { name: "2 new updates" }).waitFor();
  assert.match(await page.title(), /^\(2\) /);
  await page.reload();
  await isLive(page);
  assert.equal(await page.getByRole("button", { name: /new update/ }).count(), 0);
  assert.doesNotMatch(await page.title(), /^\(/);
  await assertWhole(page);
  await close();
});
