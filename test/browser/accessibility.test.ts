import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { assertAccessible } from "../support/accessibility.ts";
import { launchChromium } from "../support/chromium.ts";
import { hideTab, isLive, openPage, showTab } from "../support/reading.ts";
import { TestService } from "../support/service.ts";

let service: TestService;
let browser: Browser;
const image = {
  url: "https://img.example/a.jpg",
  alt: "A hall",
  width: 400,
  height: 300,
  caption: "Tonight",
  credit: "N. F.",
};

before(async () => {
  [service, browser] = await Promise.all([TestService.start(), launchChromium()]);
});
after(async () => {
  await browser.close();
  await service.close();
});

/** A story with everything that a page can show. */
async function fullStory(slug: string, more: object = {}): Promise<string[]> {
  const topics = [{ slug: "elections", name: "Elections" }];
  const authors = [{ name: "Nora Feldkamp", url: "https://live.example/nora" }];
  const background = { markdown: "## Before\n\nHow it came to *this*, and a [link](https://live.example)." };
  await service.createStory({
    slug,
    headline: "Votes are counted",
    summary: "All night.",
    topics,
    authors,
    background,
    ...more,
  });
  const drafts = [
    { markdown: "Plain." },
    {
      headline: "Key",
      importance: "key" as const,
      markdown: "> Quoted.\n\n- one\n- two",
      attributions: attributions(),
    },
    { headline: "Breaking", label: "BREAKING", importance: "breaking" as const, markdown: "Now.", media: [image] },
  ];
  const ids: string[] = [];
  for (const draft of drafts) ids.push((await service.publish(slug, draft)).id);
  const correction = { markdown: "Plain, mended.", correction: "It was eleven." };
  await service.call("PATCH", `/stories/${slug}/entries/${ids[0]}`, { body: correction });
  await service.call("PUT", `/stories/${slug}/pin`, { body: { entryId: ids[1] } });
  return ids;
}

function attributions() {
  return (["reported", "confirmed", "disputed"] as const).map((status) => ({
    ...{ source: `Source ${status}`, status },
    url: status === "reported" ? "https://ap.example/story" : null,
  }));
}

/** They are not there: that is not what this is about. */
function withoutPhotographs(where: Page | BrowserContext): Promise<unknown> {
  return where.route("https://img.example/**", (route) =>
    route.fulfill({ status: 200, contentType: "image/gif", body: "" }),
  );
}

async function open(path: string, width = 1280): Promise<{ page: Page; close: () => Promise<void> }> {
  const context = await browser.newContext({ viewport: { width, height: 800 } });
  await withoutPhotographs(context);
  const page = await context.newPage();
  await page.goto(`${service.url}${path}`);
  return { page, close: () => context.close() };
}

for (const width of [320, 1280]) {
  test(`axe finds nothing on a live page with everything on it, waiting, paused, at ${width} px`, async () => {
    const slug = `full-${width}`;
    await fullStory(slug);
    for (let n = 0; n < 10; n += 1) await service.publish(slug, { markdown: "More of it. ".repeat(30) });
    const { page, close } = await open(`/stories/${slug}`, width);
    await isLive(page);
    await assertAccessible(page, "live");
    await page
      .locator("footer, .background")
      .first()
      .evaluate((below) => below.scrollIntoView());
    await service.publish(slug, { headline: "Unseen" });
    await page.getByRole("button", { name: "1 new update" }).waitFor();
    await assertAccessible(page, "waiting");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Resume" }).waitFor();
    await assertAccessible(page, "paused");
    await close();
  });
}

test("axe finds nothing on a page without a network, nor on one with a divider after an absence", async () => {
  await fullStory("away");
  const { page, close } = await openPage(browser, `${service.url}/stories/away`, {}, async (opened) => {
    await opened.clock.install();
    await withoutPhotographs(opened);
  });
  await isLive(page);
  await page.context().setOffline(true);
  await page.locator(".status", { hasText: "Offline, showing" }).waitFor();
  await assertAccessible(page, "offline");
  await hideTab(page);
  await page.clock.fastForward("02:00:00");
  await service.publish("away", { headline: "Meanwhile" });
  await page.context().setOffline(false);
  await showTab(page);
  await page.locator(".left-off").waitFor();
  await assertAccessible(page, "divider");
  await close();
});

test("axe finds nothing on a page that is ended, empty, older, of one entry, or right to left", async () => {
  const ids = await fullStory("ended");
  await service.call("PATCH", "/stories/ended", { body: { status: "ended" } });
  await service.createStory({ slug: "empty", headline: "Nothing yet", status: "scheduled" });
  await fullStory("rtl", { language: "ar", headline: "فرز الأصوات" });
  for (let n = 0; n < 35; n += 1) await service.publish("rtl", { markdown: "نص قصير." });
  const { older } = await service.snapshot("rtl", 30);
  const paths = [
    "/stories/ended",
    "/stories/empty",
    "/stories/rtl",
    `/stories/rtl?before=${older}`,
    "/",
    "/topics/elections",
  ];
  for (const path of [...paths, `/stories/ended?entry=${ids[0]}`, "/stories/never"]) {
    const { page, close } = await open(path);
    await assertAccessible(page, path);
    await close();
  }
});

test("axe finds nothing on the API's page, which moves sideways at no width and asks nobody else for anything", async () => {
  for (const width of [320, 1280]) {
    const { page, close } = await openPage(browser, `${service.url}/docs`, { viewport: { width, height: 800 } });
    await assertAccessible(page, `docs at ${width}`);
    const { scrollWidth, hosts } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      hosts: performance.getEntriesByType("resource").map(({ name }) => new URL(name).origin),
    }));
    assert.ok(scrollWidth <= width, `${scrollWidth} px wide at ${width}`);
    assert.deepEqual(new Set(hosts), new Set([service.url]));
    await close();
  }
});

test("axe finds nothing on a page that has lost its service, nor on a draft's preview", async () => {
  const lost = await TestService.start();
  await lost.createStory({ slug: "lost", headline: "Lost" });
  await lost.publish("lost", { headline: "Before" });
  await lost.createStory({ slug: "draft", headline: "Not out yet", status: "draft" });
  const preview = await lost.call("POST", "/stories/draft/previews");
  const { page, close } = await openPage(browser, preview.body.url);
  await assertAccessible(page, "preview");
  await page.goto(`${lost.url}/stories/lost`);
  await isLive(page);
  await lost.close();
  await page.locator(".status", { hasText: "Reconnecting" }).waitFor();
  await assertAccessible(page, "reconnecting");
  await close();
});
