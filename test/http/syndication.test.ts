import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../support/chromium.ts";
import { TestService } from "../support/service.ts";

let service: TestService;
const AWKWARD = `Votes & "counts" <b>bold</b> ]]> \u0007`;
before(async () => {
  service = await TestService.start();
  await service.createStory({ summary: AWKWARD, headline: "Votes are counted", language: "en-GB" });
});
after(() => service.close());

const read = (path: string, headers = {}) => service.call("GET", `//stories/story${path}`, { key: null, headers });

test("a JSON feed says of each entry what the page says, newest first", async () => {
  await service.publish("story", { headline: "First", markdown: "One *word*." });
  const media = [
    { url: "https://img.example/a.jpg", alt: "A hall", width: 40, height: 30, caption: "Tonight", credit: null },
  ];
  const second = await service.publish("story", { markdown: AWKWARD, media, authors: [{ name: "N. F.", url: null }] });
  const body = { markdown: AWKWARD, correction: "It was ten." };
  await service.call("PATCH", `/stories/story/entries/${second.id}`, { body });
  const { status, headers, text } = await read("/feed.json");
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "application/feed+json; charset=utf-8");
  assert.equal(headers.get("cache-control"), "public, max-age=1, stale-while-revalidate=9");
  const feed = JSON.parse(text);
  assert.equal(feed.version, "https://jsonfeed.org/version/1.1");
  assert.deepEqual([feed.title, feed.language, feed.expired], ["Votes are counted", "en-GB", undefined]);
  assert.equal(feed.home_page_url, `${service.url}/stories/story`);
  const [newest, oldest] = feed.items;
  assert.equal(newest.id, `urn:uuid:${second.id}`);
  assert.equal(newest.url, second.url);
  assert.ok(newest.date_modified > newest.date_published);
  assert.match(newest.content_html, /<img src="https:\/\/img.example\/a.jpg" alt="A hall"[\s\S]*It was ten\./);
  assert.deepEqual([oldest.title, oldest.content_html], ["First", "<p>One <em>word</em>.</p>"]);
});

test("an Atom feed is well-formed whatever editors write, and complete", async () => {
  const { status, headers, text } = await read("/feed.atom");
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "application/atom+xml; charset=utf-8");
  const browser = await launchChromium();
  const page = await browser.newPage();
  const found = await page.evaluate((xml) => {
    const parsed = new DOMParser().parseFromString(xml, "application/xml");
    const textOf = (selector: string) => [...parsed.querySelectorAll(selector)].map((found) => found.textContent);
    return {
      error: textOf("parsererror"),
      namespace: parsed.documentElement.namespaceURI,
      required: ["feed > id", "feed > title", "feed > updated", "feed > author > name"].map(
        (one) => textOf(one).length,
      ),
      subtitle: textOf("feed > subtitle"),
      entries: ["id", "title", "updated", "published", "content"].map((one) => textOf(`entry > ${one}`)),
      links: [...parsed.querySelectorAll("entry > link")].map((link) => link.getAttribute("href")),
    };
  }, text);
  await browser.close();
  const { entries } = await service.snapshot("story");
  assert.deepEqual(found.error, []);
  assert.equal(found.namespace, "http://www.w3.org/2005/Atom");
  assert.deepEqual(found.required, [1, 1, 1, 1]);
  assert.deepEqual(found.subtitle, [AWKWARD.replace("\u0007", "")]);
  assert.deepEqual(
    found.entries[0],
    entries.map(({ id }) => `urn:uuid:${id}`),
  );
  assert.deepEqual(
    found.links,
    entries.map(({ url }) => url),
  );
  assert.ok(found.entries[4]?.[0]?.startsWith((entries[0]?.html ?? "nothing").replace("\u0007", "")));
});

test("[S6] a retracted entry is in no feed, and a feed that has not changed is answered 304", async () => {
  const { id } = await service.publish("story", { markdown: "withdrawn-words" });
  for (const form of ["/feed.json", "/feed.atom"]) {
    const { headers, text } = await read(form);
    assert.ok(text.includes("withdrawn-words"));
    const same = await read(form, { "If-None-Match": headers.get("etag") });
    assert.deepEqual([same.status, same.text], [304, ""]);
  }
  await service.call("DELETE", `/stories/story/entries/${id}`);
  for (const form of ["/feed.json", "/feed.atom"]) assert.equal((await read(form)).text.includes("withdrawn"), false);
});

test("drafts have no feed, an ended story's has expired, and pages tell where feeds are", async () => {
  await service.createStory({ slug: "draft", status: "draft" });
  assert.equal((await service.call("GET", "//stories/draft/feed.json", { key: null })).status, 404);
  assert.equal((await service.call("GET", "//stories/never/feed.atom", { key: null })).status, 404);
  const page = (await read("")).text;
  for (const form of ["json", "atom"]) assert.ok(page.includes(`href="${service.url}/stories/story/feed.${form}"`));
  await service.call("PATCH", "/stories/story", { body: { status: "ended" } });
  assert.equal(JSON.parse((await read("/feed.json")).text).expired, true);
});
