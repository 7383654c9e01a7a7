import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { entriesOn, isLive, openPage } from "../support/reading.ts";
import { TestService } from "../support/service.ts";

const ENTRIES = 2_000;
const FIRST_HTML_BYTES = 40_000;

let service: TestService;
let browser: Browser;
/** Newest first. */
let ids: string[] = [];

before(async () => {
  [service, browser] = await Promise.all([TestService.start(), launchChromium()]);
  await service.createStory({ slug: "long", headline: "A night of two thousand entries" });
  const publish = (n: number) => {
    const importance = n % 400 === 0 ? "key" : "normal";
    return service.publish("long", { headline: `Entry ${n}`, markdown: "A sentence. ".repeat(24), importance });
  };
  for (let n = 0; n < ENTRIES; n += 20) await Promise.all(Array.from({ length: 20 }, (_, index) => publish(n + index)));
  ids = await storyIds("long");
  assert.equal(new Set(ids).size, ENTRIES);
});
after(async () => {
  await browser.close();
  await service.close();
});

/** Newest first, over all pages. */
async function storyIds(slug: string): Promise<string[]> {
  const all: string[] = [];
  for (let older: string | null = ""; older !== null; ) {
    const path = `/stories/${slug}?limit=200${older ? `&before=${older}` : ""}`;
    const { body } = await service.call("GET", path, { key: null });
    all.push(...body.entries.map(({ id }) => id));
    ({ older } = body);
  }
  return all;
}

async function follow(page: Page, name: string): Promise<string[]> {
  const from = page.url();
  await Promise.all([page.waitForURL((url) => url.href !== from), page.getByRole("link", { name }).click()]);
  return entriesOn(page);
}

test("the first page of a story of 2,000 entries is as small as that of a short one", async () => {
  const { text } = await service.call("GET", "//stories/long", { key: null });
  const bytes = gzipSync(text).length;
  assert.ok(bytes < FIRST_HTML_BYTES, `${bytes} bytes of gzip`);
  assert.equal((text.match(/<article/g) ?? []).length, 30);
});

test("key moments are those of the whole story, and lead to the pages that hold them", async () => {
  const { page, close } = await openPage(browser, `${service.url}/stories/long`);
  await isLive(page);
  const moments = page.locator(".key-moments li");
  assert.equal(await moments.count(), ENTRIES / 400);
  const marked = (await moments.last().locator("a").getAttribute("href")) ?? "";
  await moments.last().locator("a").click();
  await page.waitForURL((url) => url.href.endsWith(marked));
  const [, id = ""] = /entry=([^#]+)/.exec(marked) ?? [];
  await page.locator(`#entry-${id}`).waitFor();
  assert.ok(ids.indexOf(id) > ENTRIES - 30, "it is one of the oldest");
  assert.ok((await entriesOn(page)).includes(id));
  await close();
});

test("pages lead down through all entries and up again, without JavaScript, each entry once", async () => {
  const { page, close } = await openPage(browser, `${service.url}/stories/long`, { javaScriptEnabled: false });
  const down: string[][] = [await entriesOn(page)];
  while ((await page.getByRole("link", { name: "Older updates" }).count()) > 0)
    down.push(await follow(page, "Older updates"));
  assert.deepEqual(down.flat(), ids);
  for (const expected of down.slice(1, -1).reverse()) assert.deepEqual(await follow(page, "Newer updates"), expected);
  assert.deepEqual(await follow(page, "Newest updates"), down[0]);
  assert.equal(await page.getByRole("link", { name: "Newer updates" }).count(), 0);
  await close();
});

test("a draft's preview leads through all of it, for those who hold its address", async () => {
  await service.createStory({ slug: "draft", status: "draft", headline: "Not out yet" });
  const entries = [];
  for (let n = 0; n < 40; n += 1) entries.push(await service.publish("draft", { importance: n ? "normal" : "key" }));
  const all = entries.map(({ id }) => id).reverse();
  const { body } = await service.call("POST", "/stories/draft/previews");
  const { page, close } = await openPage(browser, body.url);
  assert.deepEqual(await entriesOn(page), all.slice(0, 30));
  assert.deepEqual(await follow(page, "Older updates"), all.slice(30));
  assert.deepEqual(await follow(page, "Newest updates"), all.slice(0, 30));
  await page.locator(".key-moments a").click();
  await page.locator(`#entry-${all.at(-1)}`).waitFor();
  const permalink = await page.locator(`#entry-${all.at(-1)} .entry-link`).getAttribute("href");
  await page.goto(permalink ?? "");
  assert.ok((await entriesOn(page)).includes(all.at(-1) ?? ""));
  await close();
});

test("a page that is watched while hundreds of entries arrive keeps a bounded number of them", async () => {
  await service.createStory({ slug: "watched", headline: "Watched all night" });
  await service.publish("watched");
  const { page, close } = await openPage(browser, `${service.url}/stories/watched`, { reducedMotion: "reduce" });
  await isLive(page);
  let last = "";
  for (let n = 0; n < 420; n += 1) ({ id: last } = await service.publish("watched", { markdown: `Arrival ${n}` }));
  await page.locator(`#entry-${last}`).waitFor();
  const shown = await entriesOn(page);
  assert.ok(shown.length <= 300, `${shown.length} entries`);
  const all = await storyIds("watched");
  assert.deepEqual(shown, all.slice(0, shown.length));
  assert.deepEqual(await follow(page, "Older updates"), all.slice(shown.length, shown.length + 30));
  await close();
});
