import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
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
} from "../support/embedding.ts";
import { eventually } from "../support/eventually.ts";
import { strictPolicy } from "../support/partner-site.ts";
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
