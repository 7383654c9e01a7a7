import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { isLive, openPage, shiftsOn, watchShifts } from "../support/reading.ts";
import { TestService } from "../support/service.ts";

/** One black pixel. */
const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

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
  await service.createStory({ slug, headline: "Votes are counted" });
});
after(async () => {
  await browser.close();
  await service.close();
});

const pageUrl = () => `${service.url}/stories/${slug}`;

test("an entry shows its label, headline, sources with their marks, authors, corrections and when it was revised", async () => {
  const attributions = [
    { source: "AP", url: "https://ap.example/story", status: "reported" as const },
    { source: "the county clerk", url: null, status: "confirmed" as const },
    { source: "the campaign", url: null, status: "disputed" as const },
  ];
  const authors = [
    { name: "Nora Feldkamp", url: "https://live.example/nora" },
    { name: "Isaac Obi", url: null },
  ];
  const draft = { label: "KEY MOMENT", headline: "Polls close", importance: "key" as const, attributions, authors };
  const { id } = await service.publish(slug, draft);
  await service.call("PATCH", `/stories/${slug}/entries/${id}`, { body: { label: "NOW", correction: "It was ten." } });
  const { page, close } = await openPage(browser, pageUrl(), { javaScriptEnabled: false });
  const entry = page.locator(`#entry-${id}`);
  for (const text of ["NOW", "AP reports", "Confirmed by the county clerk", "Disputed: the campaign", "It was ten."]) {
    await entry.getByText(text).first().waitFor();
  }
  assert.equal(await entry.getByRole("link", { name: "AP" }).getAttribute("href"), "https://ap.example/story");
  assert.equal(await entry.locator(".entry-byline").textContent(), "By Nora Feldkamp and Isaac Obi");
  assert.match((await entry.locator(".entry-updated").textContent()) ?? "", /^Updated \d+:\d\d [AP]M C[DS]T$/);
  assert.match((await entry.locator(".correction strong").textContent()) ?? "", /^Correction, \w{3} \d+, \d{4} /);
  await close();
});

test("a permalink is copied with a word of thanks, and shared where the browser can", async () => {
  const { url, id } = await service.publish(slug, { headline: "Worth sharing" });
  const { page, close } = await openPage(
    browser,
    pageUrl(),
    { permissions: ["clipboard-read", "clipboard-write"] },
    (opened) =>
      opened.addInitScript(() => {
        navigator.share = async (shared) => {
          document.documentElement.dataset.shared = JSON.stringify(shared);
        };
      }),
  );
  await isLive(page);
  const entry = page.locator(`#entry-${id}`);
  await entry.getByRole("button", { name: "Copy link" }).click();
  await entry.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), url);
  await entry.getByRole("button", { name: "Share" }).click();
  const shared = JSON.parse((await page.locator("html").getAttribute("data-shared")) ?? "{}");
  assert.deepEqual(shared, { title: "Worth sharing", url });
  await close();
});

test("a picture that comes late moves nothing, and has its words", async () => {
  let sendPicture = () => {};
  const mayCome = new Promise<void>((resolve) => {
    sendPicture = resolve;
  });
  const media = [
    {
      url: "https://img.example/late.gif",
      alt: "A hall at night",
      width: 800,
      height: 400,
      caption: "Tonight",
      credit: "N. F.",
    },
  ];
  await service.publish(slug, { headline: "Below" });
  await service.publish(slug, { headline: "With a picture", media });
  const { page, close } = await openPage(browser, pageUrl(), {}, (opened) =>
    opened.route("https://img.example/**", async (route) => {
      await mayCome;
      await route.fulfill({ contentType: "image/gif", body: PIXEL });
    }),
  );
  await watchShifts(page);
  const picture = page.getByAltText("A hall at night");
  const before = await picture.boundingBox();
  sendPicture();
  await page.waitForFunction(() => document.querySelector("img")?.naturalWidth === 1);
  assert.deepEqual(await picture.boundingBox(), before);
  assert.ok(before && Math.abs(before.width - 2 * before.height) < 2, "its space was kept");
  assert.deepEqual(await shiftsOn(page), []);
  await page.getByText("N. F.").waitFor();
  await close();
});

test("the jump list follows what becomes a key moment, and what no longer is one", async () => {
  const { id } = await service.publish(slug, { headline: "Polls close" });
  const { page, close } = await openPage(browser, pageUrl());
  await isLive(page);
  const moments = page.locator(".key-moments li");
  assert.equal(await moments.count(), 0);
  await service.call("PATCH", `/stories/${slug}/entries/${id}`, { body: { importance: "key" } });
  await moments.filter({ hasText: "Polls close" }).waitFor();
  assert.equal(await moments.first().locator("a").getAttribute("href"), `#entry-${id}`);
  await service.call("PATCH", `/stories/${slug}/entries/${id}`, { body: { importance: "normal" } });
  await moments.first().waitFor({ state: "detached" });
  await close();
});

test("a draft's preview shows it whole at its signed address, and to nobody without one", async () => {
  await service.createStory({ slug: `${slug}-draft`, headline: "Not out yet", status: "draft" });
  await service.publish(`${slug}-draft`, { headline: "Prepared" });
  const { url } = (await service.call("POST", `/stories/${slug}-draft/previews`)).body;
  const { page, close } = await openPage(browser, url);
  await page.getByRole("heading", { name: "Prepared" }).waitFor();
  await page.getByText("not published yet").waitFor();
  await close();
  const { status } = await service.call("GET", `//stories/${slug}-draft`, { key: null });
  assert.equal(status, 404);
});

test("the original article stands below as background, and links lead to more on each topic", async () => {
  const more = {
    background: { markdown: "How it came to *this*." },
    topics: [{ slug: "elections", name: "Elections" }],
  };
  await service.createStory({ slug: `${slug}-more`, headline: "With more", ...more });
  const { page, close } = await openPage(browser, `${service.url}/stories/${slug}-more`, { javaScriptEnabled: false });
  const [updates, background, topics] = await page.evaluate(() =>
    [".updates", ".background", ".topics"].map(
      (part) => document.querySelector(part)?.getBoundingClientRect().top ?? -1,
    ),
  );
  assert.ok((updates ?? 0) < (background ?? 0) && (background ?? 0) < (topics ?? 0));
  await page.getByRole("heading", { name: "Background" }).waitFor();
  await page.getByRole("link", { name: "More Elections stories" }).click();
  await page.getByRole("link", { name: "With more" }).waitFor();
  await close();
});
