import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { stringsFor } from "../../src/view/strings.ts";
import { assertAccessible } from "../support/accessibility.ts";
import { launchChromium } from "../support/chromium.ts";
import { browser, publishMany, service, site, slug } from "../support/embed-setting.ts";
import { embedPage, entriesIn, hasSockets, isShown, loader, openPartner, snippet } from "../support/embedding.ts";
import { shiftsOn, watchShifts } from "../support/reading.ts";

beforeEach(async () => {
  await service.createStory({ slug, headline: "Votes are counted" });
});

const AFTER = "<p>What the partner's article says below.</p>";

function below(page: Page): Promise<number> {
  return page.getByText("What the partner's article says").evaluate((text) => text.getBoundingClientRect().top);
}

const scrollOf = (embed: Locator) => embed.locator(".embed-updates").evaluate((list) => list.scrollTop);

for (const height of ["", 'height="auto"', 'height="300"']) {
  test(`the host page never moves: opening, 20 arrivals, revisions and retractions in an embed ${height || "of the usual height"}`, async () => {
    const ids = await publishMany(6);
    const main = `${snippet(service, slug, height)}${AFTER}`;
    // What docs/embedding.md gives, for the time until the script comes, as late as on a bad network.
    const head = `<style>live-story { display: block; height: ${height.includes("300") ? 300 : 480}px }</style>`;
    const { page, close } = await openPartner(browser, site.page(`/still-${slug}`, main, { head }));
    const embed = page.locator("live-story");
    await watchShifts(page);
    const before = await below(page);
    await page.addScriptTag({ type: "module", url: `${service.url}/embed/v1/live-story.js` });
    await isShown(embed);
    await hasSockets(service, 1);
    for (let entry = 0; entry < 20; entry += 1) await service.publish(slug, { headline: `Arrival ${entry}` });
    await embed.getByRole("button", { name: "20 new updates" }).waitFor();
    assert.deepEqual(await shiftsOn(page), []);
    const longer = { body: { markdown: "Longer now. ".repeat(100) } };
    await service.call("PATCH", `/stories/${slug}/entries/${ids[0]}`, longer);
    await service.call("DELETE", `/stories/${slug}/entries/${ids[1]}`);
    await embed.locator(`#entry-${ids[1]}`).waitFor({ state: "detached" });
    await embed.evaluate((element) => (element as unknown as { showNew(): void }).showNew());
    await embed.getByRole("heading", { name: "Arrival 19" }).waitFor();
    assert.equal(await below(page), before);
    await close();
  });
}

test('an embed with height="auto" grows to what there is after a click, and by nothing else', async () => {
  await publishMany(5);
  const { page, close } = await openPartner(
    browser,
    embedPage(site, service, snippet(service, slug, 'height="auto"') + AFTER),
  );
  const embed = page.locator("live-story");
  await isShown(embed);
  const height = async () => (await embed.boundingBox())?.height ?? 0;
  await embed.getByRole("button", { name: "Show more" }).waitFor();
  assert.equal(await height(), 480);
  await embed.getByRole("button", { name: "Show more" }).click();
  const grown = await height();
  assert.ok(grown > 600, `${grown}`);
  await embed.getByRole("button", { name: "Show more" }).waitFor({ state: "detached" });
  await publishMany(2);
  await embed.getByRole("button", { name: "2 new updates" }).waitFor();
  assert.equal(await height(), grown);
  await embed.getByRole("button", { name: "2 new updates" }).click();
  await embed.getByRole("heading", { name: "Entry 1", exact: true }).first().waitFor();
  assert.ok((await height()) >= grown);
  await close();
});

test("an embed of a fixed height offers to show more in its own scroll alone", async () => {
  await publishMany(5);
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  const embed = page.locator("live-story");
  await isShown(embed);
  assert.equal(await embed.getByRole("button", { name: "Show more" }).count(), 0);
  const list = embed.locator(".embed-updates");
  assert.ok(await list.evaluate(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight));
  await close();
});

test("[C3] who reads further down in the embed stays at their line, whatever grows or goes above it", async () => {
  const ids = await publishMany(5);
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  const embed = page.locator("live-story");
  await isShown(embed);
  const line = () => embed.locator(`#entry-${ids[3]}`).evaluate((article) => article.getBoundingClientRect().top);
  await embed.locator(".embed-updates").evaluate((list, id) => {
    list.scrollTop = list.querySelector<HTMLElement>(`#entry-${id}`)?.closest("li")?.offsetTop ?? 0;
  }, ids[3]);
  const before = await line();
  await service.call("PATCH", `/stories/${slug}/entries/${ids[0]}`, {
    body: { headline: "Mended", markdown: "Longer. ".repeat(200) },
  });
  await embed.getByRole("heading", { name: "Mended" }).waitFor({ state: "attached" });
  assert.ok(Math.abs((await line()) - before) <= 1);
  await service.call("DELETE", `/stories/${slug}/entries/${ids[1]}`);
  await embed.locator(`#entry-${ids[1]}`).waitFor({ state: "detached" });
  assert.ok(Math.abs((await line()) - before) <= 1);
  await publishMany(1);
  await embed.getByRole("button", { name: "1 new update" }).waitFor();
  assert.ok(Math.abs((await line()) - before) <= 1);
  await embed.getByRole("button", { name: "1 new update" }).click();
  assert.equal(await scrollOf(embed), 0);
  await close();
});

test("everything in the embed is reached and used by the keyboard, and the host page is not scrolled by it", async () => {
  await service.publish(slug, { headline: "First", markdown: "To [elsewhere](https://elsewhere.example/)." });
  const { page, close } = await openPartner(
    browser,
    embedPage(site, service, `<p><a href="#">Before</a></p>${snippet(service, slug)}`),
  );
  const embed = page.locator("live-story");
  await isShown(embed);
  await publishMany(1);
  await embed.getByRole("button", { name: "1 new update" }).waitFor();
  await page.getByText("Before", { exact: true }).focus();
  const focused = () =>
    embed.evaluate((element) => {
      const active = element.shadowRoot?.activeElement;
      return active?.getAttribute("aria-label") ?? active?.textContent?.trim() ?? null;
    });
  const path: (string | null)[] = [];
  for (let step = 0; step < 8; step += 1) {
    await page.keyboard.press("Tab");
    path.push(await focused());
  }
  assert.deepEqual(path.slice(0, 4), ["Votes are counted", "Pause", "1 new update", "Latest updates"]);
  assert.ok(path.includes("elsewhere") && path.includes("All updates"), String(path));
  await embed.getByRole("button", { name: "1 new update" }).focus();
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "Entry 0");
  assert.equal(await page.evaluate(() => scrollY), 0);
  await close();
});

for (const [width, height] of [
  [320, 640],
  [1000, 800],
] as const) {
  for (const language of ["en", "ar"]) {
    test(`axe finds nothing in an embed and in a frame with everything on it, in "${language}" at ${width} px, and nothing sticks out`, async () => {
      await service.call("PATCH", `/stories/${slug}`, { body: { language } });
      const attributions = (["reported", "confirmed", "disputed"] as const).map((status) => ({
        source: `Source ${status}`,
        url: "https://ap.example/",
        status,
      }));
      const media = [
        { url: `${service.url}/none.png`, alt: "A hall", width: 400, height: 300, caption: "Tonight", credit: "N. F." },
      ];
      const authors = [{ name: "Nora Feldkamp", url: "https://live.example/nora" }];
      await service.publish(slug, {
        headline: "Breaking",
        label: "BREAKING",
        importance: "breaking",
        attributions,
        media,
        authors,
      });
      const { id } = await service.publish(slug, {
        importance: "key",
        label: "KEY MOMENT",
        markdown: "> Quoted\n\n- one\n- two\n\n`averyveryverylongwordthatneverendsandhasnospaceinit`",
      });
      await service.call("PATCH", `/stories/${slug}/entries/${id}`, { body: { correction: "It was eleven." } });
      const frame = `<iframe title="Story" width="100%" height="480" src="${service.url}/embed/${slug}"></iframe>`;
      const main = `${snippet(service, slug, 'height="auto"')}${frame}`;
      const { page, close } = await openPartner(browser, embedPage(site, service, main), {
        viewport: { width, height },
      });
      const embed = page.locator("live-story");
      const framed = page.frameLocator("iframe").locator("live-story");
      await isShown(embed);
      await page.locator("iframe").scrollIntoViewIfNeeded();
      await framed.locator(".status:visible").waitFor();
      await service.publish(slug);
      const name = stringsFor(language).newUpdates(1);
      await embed.getByRole("button", { name }).waitFor();
      await framed.getByRole("button", { name }).waitFor();
      await assertAccessible(page, `${language} ${width}`);
      const isRightToLeft = await embed
        .locator(".embed")
        .evaluate((story) => getComputedStyle(story).direction === "rtl");
      assert.equal(isRightToLeft, language === "ar");
      const sticksOut = () =>
        embed.locator(".embed-updates").evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
      assert.equal(await sticksOut(), false);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      await close();
    });
  }
}

test("an embed says what came once and quietly, and its list is no live region", async () => {
  await publishMany(1);
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  const embed = page.locator("live-story");
  await isShown(embed);
  await publishMany(3);
  await embed.locator('[role="status"]', { hasText: "3 new updates" }).waitFor({ state: "attached" });
  assert.equal(await embed.locator("[aria-live], [role=log], [role=feed]").count(), 0);
  await close();
});

test("a partner's page is kept for the way back, and its embed has caught up then", async () => {
  const keeping = await launchChromium(["--disable-back-forward-cache"]);
  await publishMany(1);
  const url = site.page(`/kept-${slug}`, `${snippet(service, slug)}${loader(service)}`);
  const page = await keeping.newPage();
  await page.goto(url);
  const embed = page.locator("live-story");
  await isShown(embed);
  await hasSockets(service, 1);
  await page.evaluate(() => {
    addEventListener("pageshow", ({ persisted }) => Object.assign(document.documentElement.dataset, { persisted }));
  });
  await page.goto(site.page(`/away-${slug}`, "Elsewhere"));
  await hasSockets(service, 0);
  const [arrived] = await publishMany(1);
  // What is kept is there at once: it loads nothing.
  await page.goBack({ waitUntil: "commit" });
  await embed.getByRole("button", { name: "1 new update" }).click();
  assert.equal((await entriesIn(embed))[0], arrived);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.persisted), "true");
  await keeping.close();
});
