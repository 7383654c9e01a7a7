import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { entriesOn, isLive, openPage, shiftsOn, watchShifts } from "../support/reading.ts";
import { TestService } from "../support/service.ts";

let service: TestService;
let browser: Browser;
let slug = "";
let count = 0;
before(async () => {
  [service, browser] = await Promise.all([TestService.start(), launchChromium()]);
});
beforeEach(async () => {
  count += 1;
  slug = `story-${count}`;
  await service.createStory({ slug, headline: "Votes are counted", background: { markdown: "How it came to this." } });
});
after(async () => {
  await browser.close();
  await service.close();
});

const pageUrl = () => `${service.url}/stories/${slug}`;
const api = (id: string) => `/stories/${slug}/entries/${id}`;

async function publishMany(number: number): Promise<string[]> {
  const ids: string[] = [];
  for (let entry = 0; entry < number; entry += 1) {
    const draft = {
      headline: `Entry ${entry}`,
      markdown: `${"A sentence of some length, to fill the page. ".repeat(12)}`,
    };
    ids.unshift((await service.publish(slug, draft)).id);
  }
  return ids;
}

/** The distance of an entry from the top of the window, which is where the reader's eyes are. */
function topOf(page: Page, id: string): Promise<number> {
  return page.locator(`#entry-${id}`).evaluate((article) => article.getBoundingClientRect().top);
}

test("the page is whole without JavaScript: story, newest entries, background, older pages by links", async () => {
  const ids = await publishMany(35);
  const { page, close } = await openPage(browser, pageUrl(), { javaScriptEnabled: false });
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Votes are counted");
  assert.deepEqual(await entriesOn(page), ids.slice(0, 30));
  assert.equal(await page.getByText("How it came to this.").count(), 1);
  await page.getByRole("link", { name: "Older updates" }).click();
  assert.deepEqual(await entriesOn(page), ids.slice(30));
  await close();
});

test("a permalink opens the page that holds its entry", async () => {
  const ids = await publishMany(40);
  const oldest = ids.at(-1) ?? "";
  const { page, close } = await openPage(browser, `${pageUrl()}?entry=${oldest}#entry-${oldest}`);
  await page.locator(`#entry-${oldest}`).waitFor();
  assert.ok((await topOf(page, oldest)) < 800);
  const { id } = await service.publish(slug);
  await service.call("DELETE", api(id));
  assert.equal((await service.call("GET", `//stories/${slug}?entry=${id}`)).status, 410);
  await close();
});

test("what is published appears on an open page, once and newest first", async () => {
  await publishMany(2);
  const { page, close } = await openPage(browser, pageUrl());
  await isLive(page);
  const published = [];
  for (let entry = 0; entry < 10; entry += 1)
    published.unshift((await service.publish(slug, { headline: `News ${entry}` })).id);
  await page.getByRole("heading", { name: "News 9" }).waitFor();
  assert.deepEqual((await entriesOn(page)).slice(0, 10), published);
  assert.deepEqual(
    await entriesOn(page),
    (await service.snapshot(slug)).entries.map(({ id }) => id),
  );
  await close();
});

test("revisions and retractions apply in place, the pin moves, and nothing withdrawn stays", async () => {
  const [first = "", second = ""] = await publishMany(2);
  const { page, close } = await openPage(browser, pageUrl());
  await isLive(page);
  await service.call("PATCH", api(first), { body: { headline: "Mended", correction: "It was eleven." } });
  await page.locator(`#entry-${first}`).getByRole("heading", { name: "Mended" }).waitFor();
  await page.locator(`#entry-${first}`).getByText("It was eleven.").waitFor();
  await service.call("PUT", `/stories/${slug}/pin`, { body: { entryId: second } });
  await page.locator(".pinned", { hasText: "Entry 0" }).waitFor();
  await service.call("DELETE", api(second));
  await page.locator(".pinned").waitFor({ state: "detached" });
  await page.locator(`#entry-${second}`).waitFor({ state: "detached" });
  assert.deepEqual(await entriesOn(page), [first]);
  await close();
});

for (const width of [320, 1280]) {
  test(`[C3] at ${width} px nothing moves a reader in mid-page: 20 arrivals, 5 revisions and 3 retractions above`, async () => {
    const ids = await publishMany(14);
    const { page, close } = await openPage(browser, pageUrl(), { viewport: { width, height: 700 } });
    await isLive(page);
    const read = ids[10] ?? "";
    await page.locator(`#entry-${read}`).evaluate((article) => article.scrollIntoView({ block: "center" }));
    await watchShifts(page);
    const before = await topOf(page, read);
    for (let entry = 0; entry < 20; entry += 1) await service.publish(slug, { headline: `Arrival ${entry}` });
    for (const id of ids.slice(0, 5)) {
      await service.call("PATCH", api(id), { body: { markdown: `${"Longer than before. ".repeat(60)}` } });
    }
    for (const id of ids.slice(5, 8)) await service.call("DELETE", api(id));
    await page.getByRole("button", { name: "20 new updates" }).waitFor();
    await page.locator(`#entry-${ids[7]}`).waitFor({ state: "detached" });
    assert.ok(Math.abs((await topOf(page, read)) - before) <= 1, "the reader's line stays where it was");
    assert.match(await page.title(), /^\(20\) /);
    assert.deepEqual(await shiftsOn(page), []);
    await page.getByRole("button", { name: "20 new updates" }).click();
    await page.getByRole("heading", { name: "Arrival 19" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Arrival 19");
    assert.doesNotMatch(await page.title(), /^\(/);
    await close();
  });
}

test("[C3] the retraction of an entry in view leaves the line below it where it was", async () => {
  const ids = await publishMany(8);
  const { page, close } = await openPage(browser, pageUrl(), { viewport: { width: 390, height: 800 } });
  await isLive(page);
  const [above = "", read = ""] = ids.slice(4, 6);
  await page.locator(`#entry-${read}`).evaluate((article) => scrollBy(0, article.getBoundingClientRect().top - 200));
  const before = await topOf(page, read);
  await service.call("DELETE", api(above));
  await page.locator(`#entry-${above}`).waitFor({ state: "detached" });
  assert.ok(Math.abs((await topOf(page, read)) - before) <= 1, "the reader's line stays where it was");
  await close();
});

test("[S6] of a retracted entry nothing stays in the head of a page that was opened for it", async () => {
  const { id } = await service.publish(slug, { headline: "Withdrawn headline", markdown: "Withdrawn words." });
  const { page, close } = await openPage(browser, `${pageUrl()}?entry=${id}`);
  await isLive(page);
  await service.call("DELETE", api(id));
  await page.locator(`#entry-${id}`).waitFor({ state: "detached" });
  assert.doesNotMatch(await page.content(), /Withdrawn/);
  await close();
});

test("[S6] what was corrected does not stay in the head of an open page either", async () => {
  for (const correct of [
    (id: string) => service.call("PATCH", api(id), { body: { markdown: "Right words." } }),
    () => service.call("PATCH", `/stories/${slug}`, { body: { summary: "Right words." } }),
    () => service.call("PATCH", `/stories/${slug}`, { body: { background: { markdown: "Right words." } } }),
  ]) {
    await service.call("PATCH", `/stories/${slug}`, {
      body: { summary: "Wrong words.", background: { markdown: "Wrong words." } },
    });
    const { id } = await service.publish(slug, { markdown: "Wrong words." });
    const { page, close } = await openPage(browser, pageUrl());
    await isLive(page);
    const another = await service.publish(slug);
    await page.locator(`#entry-${another.id}`).waitFor();
    assert.match(await page.locator("head").innerHTML(), /ld\+json/, "an arrival changes nothing of what was told");
    await correct(id);
    await page.getByText("Right words.").first().waitFor();
    assert.doesNotMatch(await page.locator("head").innerHTML(), /Wrong words/);
    await close();
    await service.call("DELETE", api(id));
  }
});

test("[S6] of a story that was removed nothing stays on an open page, nor in its head", async () => {
  await publishMany(1);
  const { page, close } = await openPage(browser, pageUrl());
  await isLive(page);
  await service.call("DELETE", `/stories/${slug}`);
  await page.getByText("no longer available").waitFor();
  assert.doesNotMatch(await page.content(), /Votes are counted|Entry 0/);
  await close();
});

test("what was said of waiting updates is not left standing when one of them is withdrawn", async () => {
  const ids = await publishMany(10);
  const { page, close } = await openPage(browser, pageUrl());
  await isLive(page);
  await page.locator(`#entry-${ids.at(-1)}`).evaluate((article) => article.scrollIntoView());
  const { id } = await service.publish(slug);
  await service.publish(slug);
  const region = page.locator('main > [role="status"]');
  await region.filter({ hasText: "2 new updates" }).waitFor({ state: "attached" });
  // Its words stay for a while of their own accord, which must not be what takes them away.
  await page.clock.install();
  await service.call("DELETE", api(id));
  await page.getByRole("button", { name: "1 new update" }).waitFor();
  assert.equal(await region.textContent(), "");
  await close();
});

test("the retraction of an entry that waits unseen lowers the count", async () => {
  const ids = await publishMany(10);
  const { page, close } = await openPage(browser, pageUrl());
  await isLive(page);
  await page.locator(`#entry-${ids.at(-1)}`).evaluate((article) => article.scrollIntoView());
  const { id } = await service.publish(slug);
  await service.publish(slug);
  await page.getByRole("button", { name: "2 new updates" }).waitFor();
  await service.call("DELETE", api(id));
  await page.getByRole("button", { name: "1 new update" }).waitFor();
  await close();
});

test("while paused nothing arrives but what withdraws and corrects; resuming shows the rest", async () => {
  const [first = ""] = await publishMany(1);
  const { page, close } = await openPage(browser, pageUrl());
  await isLive(page);
  await page.getByRole("button", { name: "Pause" }).click();
  const { id } = await service.publish(slug, { headline: "Held back" });
  await service.call("DELETE", api(first));
  await page.locator(`#entry-${first}`).waitFor({ state: "detached" });
  assert.equal(await page.locator(`#entry-${id}`).count(), 0);
  await page.getByRole("button", { name: "Resume" }).click();
  await page.locator(`#entry-${id}`).waitFor();
  await close();
});

test("a page whose service went away says so, and is whole again when it comes back", async () => {
  const restarted = await TestService.start();
  await restarted.createStory({ slug, headline: "Restarted" });
  await restarted.publish(slug, { headline: "Before" });
  const { page, close } = await openPage(browser, `${restarted.url}/stories/${slug}`);
  await isLive(page);
  await restarted.stop();
  await page.locator(".status", { hasText: "Reconnecting" }).waitFor();
  const port = Number(new URL(restarted.url).port);
  const again = await TestService.start({ port, dataDirectory: restarted.dataDirectory });
  await again.publish(slug, { headline: "After" });
  await page.getByRole("heading", { name: "After" }).waitFor();
  await isLive(page);
  assert.deepEqual(
    await entriesOn(page),
    (await again.snapshot(slug)).entries.map(({ id }) => id),
  );
  await close();
  await again.close();
});

test("an ended story says so", async () => {
  await publishMany(1);
  const { page, close } = await openPage(browser, pageUrl());
  await isLive(page);
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "ended" } });
  await page.locator(".status", { hasText: "Ended" }).waitFor();
  await close();
});

test("the front page lists what is live, and not what is not out", async () => {
  await service.createStory({ slug: `${slug}-draft`, headline: "Not out yet", status: "draft" });
  const { page, close } = await openPage(browser, service.url);
  await page.getByRole("link", { name: "Votes are counted" }).first().waitFor();
  assert.equal(await page.getByText("Not out yet").count(), 0);
  await close();
});
