import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { loadEmbedAssets } from "../../src/pages/assets.ts";
import { STORIES_PER_SOCKET } from "../../src/protocol/limits.ts";
import { browser, publishMany, service, site, slug } from "../support/embed-setting.ts";
import {
  embedPage,
  entriesIn,
  frame,
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
import { HOSTILE_CSS } from "./hostile-css.ts";

beforeEach(async () => {
  await service.createStory({ slug, headline: "Votes are counted" });
});

test("an embed shows the newest entries under a strict policy, and like a frame asks nobody but its service", async () => {
  const ids = await publishMany(7);
  const both = `${snippet(service, slug)}${frame(service, slug)}`;
  const { page, requests, close } = await openPartner(browser, embedPage(site, service, both));
  const embed = page.locator("live-story");
  await isShown(embed);
  assert.deepEqual(await entriesIn(embed), ids.slice(0, 5));
  await isShown(page.frameLocator("iframe").locator("live-story"));
  await hasSockets(service, 2);
  const hosts = new Set(requests.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).host));
  assert.deepEqual([...hosts].sort(), [new URL(site.url).host, new URL(service.url).host].sort());
  await close();
  await hasSockets(service, 0);
});

test("new entries queue behind the embed's button, and using it shows them and takes the reader there", async () => {
  const ids = await publishMany(3);
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  const embed = page.locator("live-story");
  await isShown(embed);
  const arrived = await publishMany(2);
  await embed.getByRole("button", { name: "2 new updates" }).waitFor();
  assert.deepEqual(await entriesIn(embed), ids);
  await embed.getByRole("button", { name: "2 new updates" }).click();
  assert.deepEqual(await entriesIn(embed), [...arrived, ...ids].slice(0, 5));
  const focused = await embed.evaluate((element) => element.shadowRoot?.activeElement?.textContent);
  assert.equal(focused, "Entry 1");
  await close();
});

test("revisions and retractions apply at once, also while paused and to what waits", async () => {
  const [first = "", second = ""] = await publishMany(3);
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  const embed = page.locator("live-story");
  await embed.getByRole("button", { name: "Pause" }).click();
  await embed.getByText("new updates are held back").waitFor();
  await service.call("PATCH", `/stories/${slug}/entries/${first}`, { body: { headline: "Mended" } });
  await embed.getByRole("heading", { name: "Mended" }).waitFor();
  await service.call("DELETE", `/stories/${slug}/entries/${second}`);
  await embed.locator(`#entry-${second}`).waitFor({ state: "detached" });
  const { id } = await service.publish(slug);
  await service.publish(slug);
  await embed.getByRole("button", { name: "Resume" }).click();
  await embed.getByRole("button", { name: "2 new updates" }).waitFor();
  await service.call("DELETE", `/stories/${slug}/entries/${id}`);
  await embed.getByRole("button", { name: "1 new update" }).waitFor();
  await close();
});

test("a host page hears of everything, and may pause, resume and show what is new", async () => {
  const [first = ""] = await publishMany(1);
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  await page.evaluate(() => {
    const heard: unknown[] = [];
    for (const name of ["ready", "update", "revise", "retract", "state", "ended", "error"]) {
      // On the document: they bubble.
      document.addEventListener(`live-story:${name}`, (event) =>
        heard.push([name, (event as CustomEvent).detail, (event.target as Element).tagName, event.composed]),
      );
    }
    Object.assign(globalThis, { heard });
  });
  type Heard = [
    name: string,
    detail: { entries?: string[]; waiting?: number; state?: string },
    target: string,
    composed: boolean,
  ];
  const heard = () => page.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard);
  const hears = async (isIt: (heard: Heard) => boolean) => {
    const all = await eventually(heard, (all) => all.some(isIt));
    return all.find(isIt);
  };
  const call = (method: string) =>
    page.evaluate(
      (name) => (document.querySelector("live-story") as unknown as Record<string, () => void>)[name]?.(),
      method,
    );
  await hears(([name, { state }]) => name === "state" && state === "live");
  await call("pause");
  const { id } = await service.publish(slug, { headline: "Held" });
  const update = await hears(([name]) => name === "update");
  assert.deepEqual(update?.[1], { story: slug, entries: [id], waiting: 1 });
  assert.deepEqual(update?.slice(2), ["LIVE-STORY", true]);
  const embed = page.locator("live-story");
  assert.equal(await embed.locator(".new-updates").count(), 0);
  await call("resume");
  await embed.locator(".new-updates").waitFor();
  await call("showNew");
  await embed.getByRole("heading", { name: "Held" }).waitFor();
  await service.call("PATCH", `/stories/${slug}/entries/${first}`, { body: { headline: "Mended" } });
  assert.deepEqual((await hears(([name]) => name === "revise"))?.[1], { story: slug, entries: [first] });
  await service.call("DELETE", `/stories/${slug}/entries/${first}`);
  assert.deepEqual((await hears(([name]) => name === "retract"))?.[1], { story: slug, entries: [first] });
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "ended" } });
  assert.deepEqual((await hears(([name]) => name === "ended"))?.[1], { story: slug });
  await close();
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

test("an embed is laid out for the place that it is given, whatever the window's width", async () => {
  await publishMany(1);
  site.file("/widths.css", "text/css", ".narrow { width: 300px } .middle { width: 500px } .wide { width: 800px }");
  const widths = ["narrow", "middle", "wide"];
  const main = widths.map((width) => `<div class="${width}">${snippet(service, slug, 'height="200"')}</div>`).join("");
  const head = `<link rel="stylesheet" href="/widths.css">`;
  const url = site.page(`/widths-${slug}`, `${main}${loader(service)}`, { policy: strictPolicy(service.url), head });
  const { page, close } = await openPartner(browser, url);
  const sizes: string[] = [];
  for (const width of widths) {
    const embed = page.locator(`.${width} live-story`);
    await isShown(embed);
    sizes.push(await embed.locator(".embed-headline").evaluate((headline) => getComputedStyle(headline).fontSize));
  }
  assert.deepEqual(sizes, ["18px", "20px", "24px"]);
  const beside = page.locator(".wide article");
  const [when, title] = [beside.locator(".entry-when"), beside.locator(".entry-headline")];
  assert.ok(((await when.boundingBox())?.x ?? 0) + 50 < ((await title.boundingBox())?.x ?? 0), "times stand beside");
  await close();
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

test("an embed works on a page that wants trusted types, and allows its policy where it names policies", async () => {
  await publishMany(1);
  for (const wanted of ["", "; trusted-types dateline"]) {
    const policy = `${strictPolicy(service.url)}; require-trusted-types-for 'script'${wanted}`;
    const url = site.page(`/trusted-${slug}-${wanted.length}`, `${snippet(service, slug)}${loader(service)}`, {
      policy,
    });
    const { page, close } = await openPartner(browser, url);
    await isShown(page.locator("live-story"));
    await page.locator("live-story").getByText("A sentence.").first().waitFor();
    await close();
  }
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

test("hostile styles of the host page change nothing inside, and the host's properties and parts do", async () => {
  await publishMany(2);
  site.file("/hostile.css", "text/css", HOSTILE_CSS);
  const themed =
    "live-story { --dateline-accent: rgb(1, 2, 3); } live-story::part(headline) { text-decoration: overline; }";
  site.file("/theme.css", "text/css", themed);
  const policy = strictPolicy(service.url);
  const main = `${snippet(service, slug)}${loader(service)}`;
  const look = async (path: string, sheet: string) => {
    const head = sheet ? `<link rel="stylesheet" href="${sheet}">` : "";
    const { page, close } = await openPartner(browser, site.page(path, main, { policy, head }), {
      reducedMotion: "reduce",
    });
    const embed = page.locator("live-story");
    await isShown(embed);
    await embed.locator("article").first().waitFor();
    await embed.evaluate((element) => Object.assign(document.body.style, { margin: "0" }) && element.scrollIntoView());
    const styles = await embed.evaluate((element) => {
      const properties = [
        "color",
        "font",
        "letterSpacing",
        "textTransform",
        "direction",
        "float",
        "borderTopWidth",
      ] as const;
      const computed = [...(element.shadowRoot?.querySelectorAll(".embed, .embed *") ?? [])].map((part) => {
        const style = getComputedStyle(part);
        return properties.map((property) => style[property]).join(" | ");
      });
      const { display, visibility, opacity, transform, zoom, writingMode, height } = getComputedStyle(element);
      return { computed, host: { display, visibility, opacity, transform, zoom, writingMode, height } };
    });
    const accent = await embed.locator(".embed-header").evaluate((part) => getComputedStyle(part).borderTopColor);
    const line = await embed.locator(".embed-headline").evaluate((part) => getComputedStyle(part).textDecorationLine);
    await close();
    return { styles, accent, line };
  };
  const plain = await look("/plain", "");
  const hostile = await look("/hostile", "/hostile.css");
  assert.deepEqual(hostile.styles, plain.styles);
  const styled = await look("/themed", "/theme.css");
  assert.deepEqual([styled.accent, styled.line], ["rgb(1, 2, 3)", "overline"]);
});

test("nothing is stored in the reader's browser: no cookie, no storage, no database, no worker", async () => {
  await publishMany(2);
  const frame = `<iframe title="Story" src="${service.url}/embed/${slug}"></iframe>`;
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug) + frame));
  await isShown(page.locator("live-story"));
  await isShown(page.frameLocator("iframe").locator("live-story"));
  assert.deepEqual(await page.context().cookies(), []);
  for (const one of page.frames()) {
    const stored = await one.evaluate(async () => {
      const places = [
        ...[() => document.cookie.length, () => localStorage.length, () => sessionStorage.length],
        ...[async () => (await indexedDB.databases()).length, async () => (await caches.keys()).length],
        async () => (await navigator.serviceWorker.getRegistrations()).length,
      ];
      // Where the browser gives a frame of another site no storage at all, nothing can be in it.
      return Promise.all(
        places.map((count) =>
          Promise.resolve()
            .then(count)
            .catch(() => 0),
        ),
      );
    });
    assert.deepEqual(stored, [0, 0, 0, 0, 0, 0], one.url());
  }
  await close();
});

test("links lead out of the page that is being read, and no id of the embed is an id of the page", async () => {
  await service.publish(slug, { markdown: "To [elsewhere](https://elsewhere.example/)." });
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  const embed = page.locator("live-story");
  await isShown(embed);
  await page.context().route("https://elsewhere.example/", (route) => route.fulfill({ body: "Elsewhere" }));
  const [opened] = await Promise.all([page.context().waitForEvent("page"), embed.getByText("elsewhere").click()]);
  assert.equal(await opened.evaluate(() => globalThis.opener), null);
  assert.equal(await page.evaluate(() => document.querySelectorAll("[id]").length), 0);
  await close();
});
