import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { loadEmbedAssets } from "../../src/pages/assets.ts";
import { STORIES_PER_SOCKET } from "../../src/protocol/limits.ts";
import { browser, publishMany, service, site, slug } from "../support/embed-setting.ts";
import {
  embedPage,
  entriesIn,
  hasSockets,
  isShown,
  loader,
  openPartner,
  snippet,
  socketsOf,
} from "../support/embedding.ts";
import { eventually } from "../support/eventually.ts";
import { strictPolicy } from "../support/partner-site.ts";
import { showTab } from "../support/reading.ts";

beforeEach(async () => {
  await service.createStory({ slug, headline: "Votes are counted" });
});

test("two stories and a third embed of the first share one socket, and each shows what is its own", async () => {
  const other = `${slug}-other`;
  await service.createStory({ slug: other, headline: "The storm" });
  const ids = await publishMany(4);
  const others = await publishMany(2, other);
  const embeds = [snippet(service, slug), snippet(service, other), snippet(service, slug, 'limit="2"')].join("");
  const { page, close } = await openPartner(browser, embedPage(site, service, embeds));
  const [a, b, c] = [0, 1, 2].map((index) => page.locator("live-story").nth(index));
  assert.ok(a && b && c);
  for (const embed of [a, b, c]) {
    await embed.scrollIntoViewIfNeeded();
    await isShown(embed);
  }
  await hasSockets(service, 1);
  const { id } = await service.publish(slug);
  for (const embed of [a, c]) await embed.getByRole("button", { name: "1 new update" }).click();
  assert.deepEqual(await entriesIn(a), [id, ...ids]);
  assert.deepEqual(await entriesIn(c), [id, ids[0]]);
  assert.deepEqual(await entriesIn(b), others);
  assert.equal(await socketsOf(service), 1);
  await close();
});

test("more stories than one socket may join are all live, on a further one", async () => {
  const slugs = Array.from({ length: STORIES_PER_SOCKET + 2 }, (_, index) => `${slug}-${index}`);
  for (const one of slugs) await service.createStory({ slug: one });
  const embeds = slugs.map((one) => snippet(service, one, 'height="12"')).join("");
  const { page, close } = await openPartner(browser, embedPage(site, service, embeds));
  await eventually(
    () => page.locator('live-story .status[data-connection="live"]').count(),
    (live) => live === slugs.length,
  );
  assert.equal(await socketsOf(service), 2);
  await close();
  await hasSockets(service, 0);
});

test("an embed far down the page loads the loader alone", async () => {
  const far = `${"<p>A paragraph of the partner's own article.</p>".repeat(200)}${snippet(service, slug)}`;
  const { page, requests, close } = await openPartner(browser, embedPage(site, service, far));
  await page.waitForFunction(() => customElements.get("live-story") !== undefined);
  const ours = () =>
    requests.filter((url) => url.includes(new URL(service.url).host)).map((url) => new URL(url).pathname);
  // Two frames: whatever an observer would have said about the element is said.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.deepEqual(ours(), ["/embed/v1/live-story.js"]);
  await page.locator("live-story").scrollIntoViewIfNeeded();
  await isShown(page.locator("live-story"));
  assert.ok(ours().length > 1);
  await close();
});

test("an embed in a tab that was opened unseen loads the loader alone until the tab is seen", async () => {
  await publishMany(1);
  const url = embedPage(site, service, snippet(service, slug));
  const unseen = (page: Page) =>
    page.addInitScript(() => {
      Object.defineProperty(document, "visibilityState", { configurable: true, value: "hidden" });
    });
  const { page, requests, close } = await openPartner(browser, url, {}, unseen);
  await page.waitForFunction(() => customElements.get("live-story") !== undefined);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.deepEqual(
    requests.filter((one) => one.includes(new URL(service.url).host)),
    [`${service.url}/embed/v1/live-story.js`],
  );
  assert.equal(await socketsOf(service), 0);
  await showTab(page);
  await isShown(page.locator("live-story"));
  await hasSockets(service, 1);
  await close();
});

test("two versions of the script may stand on one page: the first that came goes on", async () => {
  await publishMany(1);
  const code = await (await fetch(`${service.url}/embed/v1/live-story.js`)).text();
  const other = `${service.url}/embed/v1/live-story-ofanother.js`;
  // Another version has other code and loads other code, under names of its own.
  const ofAnother = code.replace(/embed-view-[\w-]+\.js/, "embed-view-ofanother.js");
  assert.notEqual(ofAnother, code);
  const scripts = [`<script type="module" src="${other}"></script>`, loader(service)];
  for (const [index, first] of scripts.entries()) {
    const main = `${first}${scripts[1 - index]}${snippet(service, slug)}`;
    const url = site.page(`/versions-${slug}-${index}`, main, { policy: strictPolicy(service.url) });
    const serveOther = async (page: Page) => {
      const headers = { "Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript" };
      await page.route(other, (route) => route.fulfill({ body: ofAnother, headers }));
      const view = loadEmbedAssets().files;
      const [, asset] = [...view].find(([file]) => file.startsWith("embed-view-")) ?? [];
      await page.route("**/embed-view-ofanother.js", (route) => route.fulfill({ body: String(asset?.bytes), headers }));
    };
    const { page, requests, close } = await openPartner(browser, url, {}, serveOther);
    await isShown(page.locator("live-story"));
    await hasSockets(service, 1);
    assert.equal(await page.locator("live-story .embed").count(), 1);
    const views = requests.filter((one) => one.includes("/embed-view-"));
    assert.deepEqual([views.length, views[0]?.includes("ofanother")], [1, index === 0]);
    await close();
    await hasSockets(service, 0);
  }
});

test("the script may stand on the page twice, and in both of its forms", async () => {
  await publishMany(2);
  const pinned = loadEmbedAssets().manifest["live-story.js"];
  const twice = `${loader(service)}<script type="module" src="${service.url}${pinned}"></script>${snippet(service, slug)}`;
  const { page, close } = await openPartner(browser, embedPage(site, service, twice));
  await isShown(page.locator("live-story"));
  await hasSockets(service, 1);
  assert.equal(await page.locator("live-story .embed").count(), 1);
  await close();
});

test("an embed that is moved goes on as it was; taken out it lets go; put back it catches up", async () => {
  const [first = ""] = await publishMany(1);
  const main = `<div id="a">${snippet(service, slug)}</div><div id="b"></div>`;
  const { page, close } = await openPartner(browser, embedPage(site, service, main));
  const embed = page.locator("live-story");
  await isShown(embed);
  await service.publish(slug);
  await embed.getByRole("button", { name: "1 new update" }).waitFor();
  await page.evaluate(() => document.querySelector("#b")?.append(document.querySelector("live-story") ?? ""));
  assert.equal(await embed.getByRole("button", { name: "1 new update" }).count(), 1, "what waited still waits");
  await hasSockets(service, 1);
  await page.evaluate(() => {
    const element = document.querySelector("live-story");
    Object.assign(globalThis, { element });
    element?.remove();
  });
  await hasSockets(service, 0);
  await service.call("DELETE", `/stories/${slug}/entries/${first}`);
  const { id } = await service.publish(slug, { headline: "Meanwhile" });
  await page.evaluate(() =>
    document.querySelector("#a")?.append((globalThis as unknown as { element: Element }).element),
  );
  await embed.getByRole("heading", { name: "Meanwhile" }).waitFor();
  assert.ok((await entriesIn(embed)).includes(id));
  assert.ok(!(await entriesIn(embed)).includes(first));
  await hasSockets(service, 1);
  await close();
});

test("an address that comes late, or comes right after it was wrong, starts the embed", async () => {
  await publishMany(1);
  const { page, close } = await openPartner(browser, embedPage(site, service, "<live-story></live-story>"));
  const embed = page.locator("live-story");
  const set = (src: string) => embed.evaluate((element, address) => element.setAttribute("src", address), src);
  await page.waitForFunction(() => customElements.get("live-story"));
  await set(`${service.url}/stories/${slug}`);
  await isShown(embed);
  await set("nowhere");
  await embed.locator(".status").waitFor({ state: "detached" });
  await set(`${service.url}/stories/${slug}`);
  await isShown(embed);
  await hasSockets(service, 1);
  await close();
});

test("attributes take effect when they change: the story, how much of it, its height, its theme", async () => {
  const other = `${slug}-other`;
  await service.createStory({ slug: other, headline: "The storm" });
  const ids = await publishMany(4);
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  const embed = page.locator("live-story");
  const set = (name: string, value: string) =>
    embed.evaluate((element, [attribute = "", to = ""]) => element.setAttribute(attribute, to), [name, value]);
  await isShown(embed);
  await set("limit", "2");
  await embed.locator(`#entry-${ids[3]}`).waitFor({ state: "detached" });
  await isShown(embed);
  assert.deepEqual(await entriesIn(embed), ids.slice(0, 2));
  assert.equal((await embed.boundingBox())?.height, 480);
  await set("height", "300");
  assert.equal((await embed.boundingBox())?.height, 300);
  await set("height", "25em");
  assert.equal((await embed.boundingBox())?.height, 400);
  const ground = () => embed.locator(".embed").evaluate((story) => getComputedStyle(story).backgroundColor);
  const light = await ground();
  await set("theme", "dark");
  assert.notEqual(await ground(), light);
  await set("src", `${service.url}/stories/${other}`);
  await embed.getByRole("heading", { name: "The storm" }).waitFor();
  await hasSockets(service, 1);
  await close();
});
