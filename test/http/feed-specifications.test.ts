import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { launchChromium } from "../support/chromium.ts";
import { TestService } from "../support/service.ts";

const text = { type: "string", minLength: 1 };
const url = { type: "string", pattern: "^https?://" };
/** RFC 3339. */
const time = { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$" };
const author = {
  type: "object",
  properties: { name: text, url, avatar: url },
  additionalProperties: false,
  minProperties: 1,
};
const authors = { type: "array", items: author, minItems: 1 };

/** https://www.jsonfeed.org/version/1.1/ as far as a feed of ours uses it, and nothing else. */
const JSON_FEED = {
  type: "object",
  required: ["version", "title", "items"],
  additionalProperties: false,
  properties: {
    ...{ version: { const: "https://jsonfeed.org/version/1.1" }, title: text, description: text },
    ...{ home_page_url: url, feed_url: url, icon: url, language: text, authors, expired: { type: "boolean" } },
    items: {
      type: "array",
      items: {
        type: "object",
        required: ["id"],
        anyOf: [{ required: ["content_html"] }, { required: ["content_text"] }],
        additionalProperties: false,
        properties: {
          ...{ id: text, url, title: text, content_html: text, image: url, date_published: time, date_modified: time },
          ...{ authors, tags: { type: "array", items: text }, language: text },
        },
      },
    },
  },
};

/** RFC 4287: what stands in a feed and in an entry, how often. */
const FEED = { id: "one", title: "one", updated: "one", subtitle: "optional", logo: "optional", author: "some" };
const FEED_MORE = { link: "some", entry: "any", category: "any" };
const ENTRY = { id: "one", title: "one", updated: "one", published: "optional", content: "optional", author: "any" };
const ENTRY_MORE = { link: "some", category: "any" };
const COUNTS: Record<string, (count: number) => boolean> = {
  one: (count) => count === 1,
  optional: (count) => count <= 1,
  some: (count) => count >= 1,
  any: () => true,
};

let service: TestService;
before(async () => {
  service = await TestService.start({
    publisher: { name: "The Daily Test", logoUrl: "https://live.example/logo.png" },
  });
  await service.createStory({ slug: "full", summary: "All <night> & day.", authors: [{ name: "N. F.", url: null }] });
  const media = [{ url: "https://img.example/a.jpg", alt: "", width: 40, height: 30, caption: null, credit: null }];
  const { id } = await service.publish("full", { headline: "First & <second>", media, language: "fr" });
  await service.publish("full", {
    markdown: "]]> & <b>",
    authors: [{ name: "I. O.", url: "https://live.example/io" }],
  });
  await service.call("PATCH", `/stories/full/entries/${id}`, { body: { markdown: "Revised.", correction: "Ten." } });
  await service.createStory({ slug: "bare" });
});
after(() => service.close());

const read = (slug: string, form: string) => service.call("GET", `//stories/${slug}/feed.${form}`, { key: null });

test("JSON feeds are what JSON Feed 1.1 says, with ids that are theirs alone", async () => {
  const validate = new Ajv2020({ strict: false }).compile(JSON_FEED);
  for (const slug of ["full", "bare"]) {
    const feed = JSON.parse((await read(slug, "json")).text) as { items: { id: string }[] };
    assert.ok(validate(feed as unknown), JSON.stringify(validate.errors));
    const ids = feed.items.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  }
});

test("Atom feeds are what RFC 4287 says: each element as often as it may be, and of the form that it asks for", async () => {
  const browser = await launchChromium();
  const page = await browser.newPage();
  for (const slug of ["full", "bare"]) {
    const xml = (await read(slug, "atom")).text;
    const parts = await page.evaluate((source) => {
      const parsed = new DOMParser().parseFromString(source, "application/xml");
      const describe = (element: Element) =>
        [...element.children].map((child) => ({
          ...{ name: child.localName, namespace: child.namespaceURI, text: child.textContent ?? "" },
          attributes: Object.fromEntries([...child.attributes].map(({ name, value }) => [name, value])),
          children: [...child.children].map(({ localName }) => localName),
        }));
      return [parsed.documentElement, ...parsed.querySelectorAll("entry")].map((element) => ({
        ...{ name: element.localName, children: describe(element) },
      }));
    }, xml);
    const ids: string[] = [];
    for (const { name, children } of parts) {
      const rules: Record<string, string> = name === "feed" ? { ...FEED, ...FEED_MORE } : { ...ENTRY, ...ENTRY_MORE };
      for (const [element, times] of Object.entries(rules)) {
        const count = children.filter((child) => child.name === element).length;
        assert.ok(COUNTS[times]?.(count), `${count} ${element} in ${name}`);
      }
      for (const child of children) {
        assert.ok(child.name in rules, `${child.name} in ${name}`);
        assert.equal(child.namespace, "http://www.w3.org/2005/Atom");
        if (child.name === "id") ids.push(child.text);
        if (child.name === "id") assert.match(child.text, /^(https?:\/\/|urn:uuid:[0-9a-f-]{36}$)/);
        if (/^(updated|published)$/.test(child.name)) assert.match(child.text, new RegExp(time.pattern));
        if (child.name === "author") assert.equal(child.children.filter((part) => part === "name").length, 1);
        if (child.name === "category") assert.ok(child.attributes.term);
        if (child.name === "link") assert.match(child.attributes.href ?? "", /^https?:\/\//);
        if (child.name === "content") assert.deepEqual([child.attributes.type, child.children.length], ["html", 0]);
      }
      const links = children.filter((child) => child.name === "link").map(({ attributes }) => attributes.rel);
      assert.equal(links.filter((rel) => rel === "alternate").length, 1);
      assert.equal(links.includes("self"), name === "feed");
    }
    assert.equal(new Set(ids).size, ids.length);
  }
  await browser.close();
});
