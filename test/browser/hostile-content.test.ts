import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type { Browser, Page } from "playwright-core";
import { renderBackground, renderEntry } from "../../src/editorial/markdown.ts";
import { loadAssets } from "../../src/pages/assets.ts";
import { launchChromium } from "../support/chromium.ts";
import { HOSTILE_MARKDOWN, HOSTILE_TEXTS, HOSTILE_URLS } from "../support/hostile-texts.ts";
import { isLive, openPage } from "../support/reading.ts";
import { seedOfRun } from "../support/seeded-random.ts";
import { TestService } from "../support/service.ts";

const RUNS = 400;
/** Elements that Markdown may make, and what they may say. */
const KNOWN = "p em strong ul ol li blockquote h3 h4 h5 h6 a br hr".split(" ");
const KNOWN_ATTRIBUTES = ["a href", "a title", "ol start"];
/** As awkward as an address may be; with a picture to be had there. */
const awkwardUrl = (site: string) =>
  `${site}${loadAssets().manifest["icon.svg"]}?b='c'&d=%22%3E%3Cscript%3Eran()%3C/script%3E"><script>ran()</script>`;

let browser: Browser;
let service: TestService;
before(async () => {
  browser = await launchChromium();
  service = await TestService.start();
});
after(async () => {
  await browser.close();
  await service.close();
});

/** A page without any policy, where whatever can run does. */
async function openUnguarded(): Promise<Page> {
  const page = await browser.newPage();
  await page.setContent("<!doctype html><div id=place></div>");
  await page.evaluate(() => {
    Object.assign(window, { ran: () => document.documentElement.setAttribute("data-ran", "") });
  });
  return page;
}

/** What a browser makes of the HTML that is not on the list, or would run. */
const strangenessOf = (page: Page, html: string) =>
  page.evaluate(
    ({ text, known, attributes }) => {
      const place = document.getElementById("place") as HTMLElement;
      place.innerHTML = text;
      const found = [...place.querySelectorAll("*")].flatMap((element) => {
        const name = element.localName;
        const strange = [...element.attributes]
          .map((one) => `${name} ${one.name}`)
          .filter((one) => !attributes.includes(one));
        const isElsewhere = element instanceof HTMLAnchorElement && !/^(https?|mailto):$/.test(element.protocol);
        for (const type of ["click", "mouseover", "focus"]) {
          element.addEventListener(type, (event) => event.preventDefault());
          element.dispatchEvent(new Event(type, { cancelable: true }));
        }
        return [...(known.includes(name) ? [] : [name]), ...strange, ...(isElsewhere ? [element.href] : [])];
      });
      return document.documentElement.hasAttribute("data-ran") ? [...found, "it ran"] : found;
    },
    { text: html, known: KNOWN, attributes: KNOWN_ATTRIBUTES },
  );

test("a browser makes nothing of an editor's Markdown but what Markdown knows, whatever is written", async (t) => {
  const page = await openUnguarded();
  assert.notDeepEqual(await strangenessOf(page, "<img src=x onclick=ran()>"), [], "the looking glass works");
  await page.close();
  const clean = await openUnguarded();
  for (const markdown of [...HOSTILE_MARKDOWN, ...HOSTILE_TEXTS]) {
    for (const html of [renderEntry(markdown), renderBackground(markdown)]) {
      assert.deepEqual(await strangenessOf(clean, html), [], markdown);
    }
  }
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const part = fc.oneof(
    fc.constantFrom(...HOSTILE_MARKDOWN, ...HOSTILE_TEXTS),
    fc.constantFrom(
      "[",
      "](",
      ")",
      "<",
      ">",
      '"',
      "'",
      "\n",
      "\n\n",
      "> ",
      "- ",
      "# ",
      "*",
      "_",
      "!",
      "\\",
      "&",
      ";",
      ":",
      "javascript:",
    ),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12, size: "max" }), async (parts) => {
      assert.deepEqual(await strangenessOf(clean, renderEntry(parts.join(""))), []);
    }),
    { seed, numRuns: RUNS },
  );
  await clean.close();
});

test("what editors write is text wherever it stands: on the page, in its head, in its data, in feeds and in oEmbed", async () => {
  await service.createStory({ slug: "hostile" });
  const url = awkwardUrl(service.url);
  for (const [n, text] of HOSTILE_TEXTS.entries()) {
    const name = text.slice(0, 200);
    const image = { url, alt: text, width: 10, height: 10, caption: name, credit: name };
    const authors = [{ name, url }];
    const story = { headline: text, summary: text, authors, image, topics: [{ slug: `topic-${n}`, name }] };
    const patched = await service.call("PATCH", "/stories/hostile", { body: story });
    assert.equal(patched.status, 200, patched.text);
    const attributions = [{ source: name, url, status: "disputed" as const }];
    const draft = { markdown: text, headline: text, label: text.slice(0, 40), authors, attributions, media: [image] };
    const { id } = await service.publish("hostile", { ...draft, importance: "key" });
    const body = { correction: text };
    assert.equal((await service.call("PATCH", `/stories/hostile/entries/${id}`, { body })).status, 200);
    await assertIsText(text, id);
  }
});

/** Where it is the newest of the story. */
async function assertIsText(text: string, id: string): Promise<void> {
  const { page, close } = await openPage(browser, `${service.url}/stories/hostile?entry=${id}`);
  await isLive(page);
  assert.deepEqual(await strangersOn(page), [], text);
  const told = await page.evaluate(() => [
    document.querySelector("h1")?.textContent,
    document.querySelector('meta[property="og:title"]')?.getAttribute("content"),
    JSON.parse(document.querySelector('script[type="application/ld+json"]')?.textContent ?? "{}").description,
  ]);
  // A policy violation, or an error of a script, fails here.
  await close();
  const feed = JSON.parse(await textAt("/stories/hostile/feed.json"));
  const atom = await parsedAtom(await textAt("/stories/hostile/feed.atom"), feed.items[0].content_html);
  assert.deepEqual([atom.errors, atom.scripts], [0, 0], text);
  const address = encodeURIComponent(`${service.url}/stories/hostile`);
  const embed = JSON.parse(await textAt(`/oembed?url=${address}`));
  const frame = await parsedFrame(embed.html);
  assert.deepEqual(frame.elements, ["iframe"], text);
  for (const one of [...told, feed.title, atom.title, embed.title, frame.title])
    assert.equal(inOneForm(one), inOneForm(text));
}

/** What no page of ours has, and no text may bring about. */
function strangersOn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const elements = [...document.querySelectorAll("*")];
    const names = elements.map(({ localName }) => localName);
    const attributes = elements.flatMap((element) => [...element.attributes].map(({ name }) => name));
    const addresses = [...document.images].map(({ src }) => src).concat([...document.links].map(({ href }) => href));
    return [
      ...names.filter((name) => /^(iframe|object|embed|form|base|svg|math|template|input|select)$/.test(name)),
      ...attributes.filter((name) => /^(on|style|srcdoc|formaction)/.test(name)),
      ...addresses.filter((address) => !/^https?:$/.test(new URL(address).protocol)),
      ...[...document.scripts]
        .filter(({ src, type }) => !src && type !== "application/ld+json")
        .map(({ text }) => text),
    ];
  });
}

/** By a real parser, and the HTML within as a feed reader without any care would take it. */
async function parsedAtom(text: string, html: string) {
  const page = await openUnguarded();
  const parsed = await page.evaluate(
    ({ atom, content }) => {
      const xml = new DOMParser().parseFromString(atom, "application/xml");
      const within = [content, ...[...xml.querySelectorAll("content")].map((one) => one.textContent ?? "")];
      const documents = within.map((one) => new DOMParser().parseFromString(one, "text/html"));
      return {
        errors: xml.querySelectorAll("parsererror").length,
        title: xml.querySelector("feed > title")?.textContent,
        scripts: documents.flatMap((one) => [...one.querySelectorAll("script, svg, iframe, [onerror], [onload]")])
          .length,
      };
    },
    { atom: text, content: html },
  );
  await page.close();
  return parsed;
}

/** What a consumer of oEmbed would put into its own page. */
async function parsedFrame(html: string) {
  const page = await openUnguarded();
  const parsed = await page.evaluate((code) => {
    const { body } = new DOMParser().parseFromString(code, "text/html");
    const elements = [...body.querySelectorAll("*")];
    return { elements: elements.map(({ localName }) => localName), title: elements[0]?.getAttribute("title") };
  }, html);
  await page.close();
  return parsed;
}

const textAt = async (path: string) => (await service.call("GET", `/${path}`, { key: null })).text;

/** XML has no NUL and HTML another character for it; browsers take a mark of byte order at the start away. */
function inOneForm(text: unknown): string {
  return String(text)
    .replace(/[\0\ufffd\ufeff]/g, "")
    .trim();
}

test("an address leads to the web, or is refused: of images, authors, sources and stories", async () => {
  await service.createStory({ slug: "addresses" });
  const image = (url: string) => ({ url, alt: "", width: 1, height: 1 });
  for (const url of HOSTILE_URLS) {
    const drafts = [
      { media: [image(url)] },
      { authors: [{ name: "a", url }] },
      { attributions: [{ source: "a", url }] },
    ];
    for (const draft of drafts) {
      const { status } = await service.call("POST", "/stories/addresses/entries", {
        body: { markdown: "x", ...draft },
      });
      assert.equal(status, 422, `${JSON.stringify(draft)}`);
    }
    assert.equal((await service.call("PATCH", "/stories/addresses", { body: { image: image(url) } })).status, 422, url);
  }
});
