import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { isLive, openPage, shiftsOn, watchShifts } from "../support/reading.ts";
import { TestService } from "../support/service.ts";

const COMPOUND = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesänderungsverordnungsentwurf";

let service: TestService;
let browser: Browser;
before(async () => {
  [service, browser] = await Promise.all([TestService.start(), launchChromium()]);
});
after(async () => {
  await browser.close();
  await service.close();
});

/** Nothing that a reader could scroll to sideways, the jump list aside, which has a scroll of its own. */
async function assertNothingBeside(page: Page): Promise<void> {
  const beside = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { tooWide: scrollWidth - clientWidth, window: clientWidth };
  });
  assert.ok(beside.tooWide <= 0, `the page is ${beside.tooWide} px wider than its window of ${beside.window}`);
}

async function assertFits(slug: string): Promise<void> {
  for (const width of [320, 768, 1440]) {
    const { page, close } = await openPage(browser, `${service.url}/stories/${slug}`, {
      viewport: { width, height: 900 },
    });
    await isLive(page);
    await assertNothingBeside(page);
    await close();
  }
}

test("an Arabic story runs from right to left, in Arabic words, and fits into every window", async () => {
  const background = { markdown: "## خلفية\n\nكيف بدأ كل شيء." };
  await service.createStory({ slug: "rtl", headline: "فرز الأصوات في ليلة طويلة", language: "ar", background });
  for (let n = 0; n < 5; n += 1) {
    await service.publish("rtl", {
      ...{ headline: "أُغلقت مراكز الاقتراع", markdown: "أُغلقت المراكز في الشرق، بحسب **AP**." },
      importance: n % 2 ? "key" : "normal",
    });
  }
  await assertFits("rtl");
  const { page, close } = await openPage(browser, `${service.url}/stories/rtl`);
  await isLive(page);
  assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
  await page.getByRole("button", { name: "إيقاف مؤقت" }).waitFor();
  const [rail, text] = await page
    .locator(".timeline article")
    .first()
    .evaluate((article) =>
      [".entry-when", ".entry-text"].map((part) => article.querySelector(part)?.getBoundingClientRect().right ?? 0),
    );
  assert.ok((rail ?? 0) > (text ?? 0), "times stand to the right of the text");
  await close();
});

test("an entry in another language reads in its own direction, and what stands around it in the story's", async () => {
  await service.createStory({ slug: "mixed", headline: "Votes are counted" });
  const arabic = { headline: "أُغلقت مراكز الاقتراع", markdown: "أُغلقت المراكز، بحسب AP.", language: "ar" };
  const { id } = await service.publish("mixed", { ...arabic, importance: "key" });
  await service.call("PUT", "/stories/mixed/pin", { body: { entryId: id } });
  const { page, close } = await openPage(browser, `${service.url}/stories/mixed`);
  await isLive(page);
  const directions = await page.evaluate(() => {
    const inside = [".entry-headline", ".entry-text p", ".pinned-headline", ".pinned-text p", ".moment-headline"];
    const around = [".entry", ".entry-when time", ".entry-footer", ".pinned", ".pinned-when time"];
    const of = (selector: string) => {
      const element = document.querySelector(selector);
      return element && `${getComputedStyle(element).direction} ${element.closest("[lang]")?.getAttribute("lang")}`;
    };
    return { inside: [...new Set(inside.map(of))], around: [...new Set(around.map(of))] };
  });
  assert.deepEqual(directions, { inside: ["rtl ar"], around: ["ltr en"] });
  await close();
});

test("in a story whose language has no words of ours, English ones say that they are English", async () => {
  const headline = "הקולות נספרים";
  await service.createStory({ slug: "he", headline, language: "he", topics: [{ slug: "vote", name: "בחירות" }] });
  const { id } = await service.publish("he", { label: "עדכון", headline: "הקלפיות נסגרו", markdown: "כך נמסר." });
  await service.call("PATCH", `/stories/he/entries/${id}`, { body: { importance: "key", correction: "תוקן" } });
  await service.call("PUT", "/stories/he/pin", { body: { entryId: id } });
  const { page, close } = await openPage(browser, `${service.url}/stories/he`);
  await isLive(page);
  const wrong = await page.evaluate(() => {
    const texts = document.createTreeWalker(document.querySelector("main") as Node, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const words = text.textContent ?? "";
      const isEnglish = /[a-z]/i.test(words);
      const element = text.parentElement as HTMLElement;
      const { direction } = getComputedStyle(element);
      const lang = element.closest("[lang]")?.getAttribute("lang");
      if (isEnglish && (lang !== "en" || direction !== "ltr")) found.push(`${words}: ${lang} ${direction}`);
    }
    return found;
  });
  assert.deepEqual(wrong, []);
  const gaps = await page.evaluate(() =>
    ["#updates-heading", "#pinned-heading", "#key-moments-heading", ".status"].map((what) => {
      const element = document.querySelector(what) as HTMLElement;
      const words = document.createRange();
      words.selectNodeContents(element);
      return Math.round(element.getBoundingClientRect().right - words.getBoundingClientRect().right);
    }),
  );
  assert.deepEqual(gaps, [0, 0, 0, 0], "headings stand to the right all the same");
  await close();
});

test("an open page takes on the language that its story is given", async () => {
  await service.createStory({ slug: "tongue", headline: "Votes are counted" });
  await service.publish("tongue");
  const { page, close } = await openPage(browser, `${service.url}/stories/tongue`);
  await isLive(page);
  await service.call("PATCH", "/stories/tongue", { body: { language: "ar" } });
  await page.getByRole("button", { name: "إيقاف مؤقت" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
  assert.equal(await page.locator("html").getAttribute("lang"), "ar");
  await close();
});

test("a long German compound breaks, and never widens the page", async () => {
  const topics = [{ slug: "law", name: COMPOUND }];
  await service.createStory({ slug: "de", headline: COMPOUND, summary: COMPOUND, language: "de", topics });
  const attributions = [{ source: COMPOUND, url: null, status: "disputed" as const }];
  const draft = { headline: COMPOUND, markdown: `## ${COMPOUND}\n\n- ${COMPOUND}`, attributions };
  const { id } = await service.publish("de", {
    ...draft,
    importance: "breaking",
    authors: [{ name: COMPOUND, url: null }],
  });
  await service.call("PUT", "/stories/de/pin", { body: { entryId: id } });
  await service.call("PATCH", `/stories/de/entries/${id}`, { body: { correction: COMPOUND } });
  await assertFits("de");
});

test("an entry of 20,000 characters without a space fits, and is whole", async () => {
  await service.createStory({ slug: "long", headline: "A long entry" });
  await service.publish("long", { markdown: "x".repeat(20_000) });
  await assertFits("long");
  const { page, close } = await openPage(browser, `${service.url}/stories/long`);
  assert.equal((await page.locator(".entry-text").first().textContent())?.trim().length, 20_000);
  await close();
});

test("a reader at 400 % zoom reads in one column, with nothing beside the window", async () => {
  await service.createStory({ slug: "zoom", headline: "Votes are counted", background: { markdown: "Before." } });
  for (let n = 0; n < 4; n += 1) await service.publish("zoom", { headline: `Entry ${n}`, importance: "key" });
  // 400 % of a window of 1280 by 1024 is what a window of 320 by 256 shows.
  const { page, close } = await openPage(browser, `${service.url}/stories/zoom`, {
    ...{ viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
  });
  await isLive(page);
  await assertNothingBeside(page);
  await close();
});

for (const width of [320, 1280]) {
  test(`nothing shifts at ${width} px while 20 entries arrive at the top of the page`, async () => {
    const slug = `arrivals-${width}`;
    await service.createStory({ slug, headline: "Votes are counted", summary: "All night." });
    for (let n = 0; n < 6; n += 1) await service.publish(slug, { markdown: "Text of an entry. ".repeat(30) });
    const { page, close } = await openPage(browser, `${service.url}/stories/${slug}`, {
      viewport: { width, height: 800 },
    });
    await isLive(page);
    await watchShifts(page);
    for (let n = 0; n < 20; n += 1) {
      const { id } = await service.publish(slug, { headline: `Arrival ${n}`, markdown: "It came. ".repeat(n + 1) });
      await page.locator(`#entry-${id}`).waitFor();
    }
    await page.getByRole("heading", { name: "Arrival 19" }).waitFor();
    assert.deepEqual(await shiftsOn(page), []);
    await close();
  });
}

test("with reduced motion nothing moves by itself", async () => {
  await service.createStory({ slug: "calm", headline: "Votes are counted" });
  await service.publish("calm", { headline: "Before" });
  const { page, close } = await openPage(browser, `${service.url}/stories/calm`, { reducedMotion: "reduce" });
  await isLive(page);
  await watchShifts(page);
  const { id } = await service.publish("calm", { headline: "Calmly" });
  await page.locator(`#entry-${id}`).waitFor();
  const moving = await page.evaluate(
    () => document.getAnimations().filter((animation) => Number(animation.effect?.getTiming().duration) > 100).length,
  );
  assert.equal(moving, 0);
  assert.deepEqual(await shiftsOn(page), []);
  await close();
});

test("in forced colours the controls keep an outline, and in print there are none", async () => {
  await service.createStory({ slug: "forms", headline: "Votes are counted" });
  await service.publish("forms", { headline: "Entry", importance: "breaking" });
  const { page, close } = await openPage(browser, `${service.url}/stories/forms`, { forcedColors: "active" });
  await isLive(page);
  const label = page.locator(".entry-label").first();
  assert.notEqual(await label.evaluate((one) => getComputedStyle(one).borderTopStyle), "none");
  await page.emulateMedia({ media: "print", forcedColors: "none" });
  assert.equal(await page.getByRole("button", { name: "Pause" }).isVisible(), false);
  assert.equal(await page.getByRole("heading", { name: "Entry" }).isVisible(), true);
  await close();
});

test("everything can be done by keyboard alone, and what has the focus is seen", async () => {
  await service.createStory({ slug: "keys", headline: "Votes are counted" });
  for (let n = 0; n < 8; n += 1) await service.publish("keys", { markdown: "Text of an entry. ".repeat(30) });
  const { page, close } = await openPage(browser, `${service.url}/stories/keys`);
  await isLive(page);
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the latest updates");
  await page.keyboard.press("Enter");
  await page
    .locator(".timeline article")
    .nth(5)
    .evaluate((article) => article.scrollIntoView());
  await service.publish("keys", { headline: "Unseen" });
  const button = page.getByRole("button", { name: "1 new update" });
  await button.waitFor();
  for (let presses = 0; presses < 60 && (await focused()) !== "1 new update"; presses += 1) {
    await page.keyboard.press("Shift+Tab");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle);
    assert.notEqual(outline, "none", await focused());
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Unseen" }).waitFor();
  assert.equal(await focused(), "Unseen");
  await close();
});
