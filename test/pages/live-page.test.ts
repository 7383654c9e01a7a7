import assert from "node:assert/strict";
import { test } from "node:test";
import { renderLivePage } from "../../src/pages/live-page.tsx";
import type { Entry } from "../../src/protocol/shapes.ts";
import { keyMomentOf } from "../../src/view/key-moments.tsx";
import { type PageState, withTexts } from "../../src/view/page-state.ts";
import { plainText } from "../../src/view/plain-text.ts";
import { photo, samplePage } from "./sample-page.ts";

const bodyOf = (html: string) => html.slice(html.indexOf("<body>"), html.indexOf('<script id="dateline-state"'));
const idsOf = (html: string) => [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
const scriptOf = (html: string, attribute: string) =>
  JSON.parse(new RegExp(`<script[^>]*${attribute}[^>]*>(.*?)</script>`, "s").exec(html)?.[1] ?? "null");

/** Everything an editor may write, as somebody would write it who wants to break out. */
const HOSTILE = `</script><script>alert(1)</script><!-- "'><img src=x onerror=alert(2)>`;

test("the page is whole without JavaScript", () => {
  const html = renderLivePage(
    samplePage({
      story: { summary: "All night.", authors: [{ name: "Nora Feldkamp", url: null }], image: photo },
      entry: {
        headline: "Eleven districts are in",
        label: "BREAKING",
        html: "<p>The <em>eleventh</em> came.</p>",
        attributions: [{ source: "AP", url: "https://apnews.com/", status: "reported" }],
        media: [photo],
        corrections: [{ text: "It was ten.", at: "2024-06-19T07:30:00.000Z" }],
        updatedAt: "2024-06-19T07:40:00.000Z",
      },
    }),
  );
  const text = plainText(bodyOf(html));
  for (const part of [
    ...["Votes are counted", "All night.", "By Nora Feldkamp", "Ruth Amsel", "BREAKING", "Eleven districts are in"],
    ...["The eleventh came.", "AP reports", "Correction, Jun 19, 2024 2:30 AM CDT It was ten.", "Updated 2:40 AM CDT"],
    ...["Jun 19, 2024 2:05 AM CDT", "Live · updated Jun 19, 2024 2:40 AM CDT"],
  ]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  assert.match(html, /<time dateTime="2024-06-19T07:05:00.000Z"/i);
  assert.match(html, /<img src="https:\/\/images.example.com\/count.jpg"[^>]*width="1200" height="800"/);
  assert.match(html, /<html lang="en" dir="ltr">/);
});

test("nothing on it needs a script to stay true: no ages, and no control that would do nothing", () => {
  const body = bodyOf(renderLivePage(samplePage()));
  assert.doesNotMatch(body, /just now|min\. ago/);
  for (const [button] of body.matchAll(/<button[^>]*>/g)) assert.match(button, /\bhidden\b/);
});

test("the security policy holds: no inline style or script, and one module that blocks nothing", () => {
  const html = renderLivePage(samplePage({ entry: { importance: "breaking", media: [photo] } }));
  assert.doesNotMatch(html, /\sstyle=|<style|\son[a-z]+="/);
  const scripts = [...html.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes);
  assert.deepEqual(scripts, [
    ' type="application/ld+json"',
    ' type="module" src="/assets/live-page-abc.js"',
    ' id="dateline-state" type="application/json"',
  ]);
});

test("no id is there twice, also with a pinned copy and key moments", () => {
  const model = samplePage({ entry: { importance: "key", headline: "Eleven" } });
  const [newest] = model.snapshot.entries;
  model.snapshot.story.pinnedEntryId = newest?.id ?? null;
  const html = renderLivePage({ ...model, pinned: newest ?? null, keyEntries: newest ? [newest] : [] });
  assert.equal([...html.matchAll(/<h3 class="pinned-headline">Eleven<\/h3>/g)].length, 1, "the pinned copy is there");
  assert.deepEqual(idsOf(html), [...new Set(idsOf(html))]);
  assert.ok(idsOf(html).includes(`entry-${newest?.id}`));
});

test("what editors write stays text, in the page, in the structured data and in the state", () => {
  const entry = { headline: HOSTILE, label: HOSTILE, corrections: [{ text: HOSTILE, at: "2024-06-19T07:30:00.000Z" }] };
  const story = { headline: HOSTILE, summary: HOSTILE, topics: [{ slug: "votes", name: HOSTILE }] };
  const html = renderLivePage(samplePage({ story, entry }));
  assert.doesNotMatch(html, /<script>|<img src=x|<!-- /);
  assert.equal(scriptOf(html, "ld\\+json").liveBlogUpdate[0].correction[0].text, HOSTILE);
  assert.equal((scriptOf(html, "dateline-state") as PageState).snapshot.story.headline, HOSTILE);
  assert.equal([...html.matchAll(/<\/script>/g)].length, 3);
});

test("the browser gets the snapshot without the texts that the page shows, and what the page mentions", () => {
  const model = samplePage({ entry: { html: "<p>Said once, here and to machines.</p>" } });
  const pinned = { ...model.snapshot.entries[0], id: "far-below", html: "<p>Pinned.</p>", importance: "key" } as Entry;
  const html = renderLivePage({ ...model, pinned, keyEntries: [pinned] });
  const state = scriptOf(html, "dateline-state") as PageState;
  const texts = new Map(model.snapshot.entries.map(({ id, html: text }) => [id, text]));
  assert.deepEqual(withTexts(state, (id) => texts.get(id ?? "") ?? "").snapshot, model.snapshot);
  assert.deepEqual([state.pinned, state.keyMoments], [pinned, [keyMomentOf(pinned)]]);
  assert.doesNotMatch(JSON.stringify(state), /Said once/);
});

test("key moments on the page are jumps, others lead to the page that holds them", () => {
  const model = samplePage({ entry: { importance: "key" } });
  const [here] = model.snapshot.entries;
  const url = "https://live.example.com/stories/votes?entry=far#entry-far";
  const elsewhere = { ...here, id: "far", url, publishedAt: "2024-06-18T07:05:00.000Z" } as Entry;
  const html = renderLivePage({ ...model, keyEntries: [here as Entry, elsewhere] });
  const links = [...html.matchAll(/<li class="moment[^>]*><a href="([^"]*)"/g)].map(([, href]) => href);
  assert.deepEqual(links, [`#entry-${here?.id}`, url]);
});

test("canonical: the story for its newest page and for permalinks, an older page for itself", () => {
  const canonicalOf = (model: Partial<ReturnType<typeof samplePage>>) =>
    /<link rel="canonical" href="([^"]*)"/.exec(renderLivePage(samplePage({ model })))?.[1];
  const url = "https://live.example.com/stories/votes";
  assert.equal(canonicalOf({}), url);
  assert.equal(canonicalOf({ before: "abc-1", isNewestPage: false }), `${url}?before=abc-1`);
  assert.equal(canonicalOf({ before: "abc-1", isNewestPage: false, entryId: "entry-4" }), url);
});

test("a permalink is shared as its entry, and marks it", () => {
  const model = samplePage({
    story: { image: photo },
    entry: { headline: "Eleven", html: "<p>The eleventh came.</p>" },
  });
  const [entry] = model.snapshot.entries;
  const html = renderLivePage({ ...model, entryId: entry?.id ?? null });
  assert.match(html, /<meta property="og:title" content="Eleven"/);
  assert.match(html, /<meta property="og:description" content="The eleventh came."/);
  assert.match(html, new RegExp(`<article id="entry-${entry?.id}" class="[^"]*is-target`));
});

test("machines find a description, and no address that is not there", () => {
  const html = renderLivePage(samplePage({ story: { summary: "All night." } }));
  assert.match(html, /<meta name="description" content="All night."/);
  const alternates = [...html.matchAll(/rel="alternate" type="(.+?)" title=".+?" href="(.+?)"/g)];
  assert.deepEqual(
    alternates.map(([, type, href]) => [type, href]),
    [
      ["application/feed+json", "https://live.example.com/stories/votes/feed.json"],
      ["application/atom+xml", "https://live.example.com/stories/votes/feed.atom"],
      [
        "application/json+oembed",
        "https://live.example.com/oembed?url=https%3A%2F%2Flive.example.com%2Fstories%2Fvotes&amp;format=json",
      ],
    ],
  );
});

test("older pages go by links, which land at the updates; a draft is not indexed and does not come alive", () => {
  const model = samplePage();
  const older = renderLivePage({ ...model, isNewestPage: false, snapshot: { ...model.snapshot, older: "abc-1" } });
  assert.match(older, /<a href="\/stories\/votes\?before=abc-1#updates" rel="next">Older updates<\/a>/);
  assert.match(older, /<a href="\/stories\/votes#updates">Newest updates<\/a>/);
  assert.doesNotMatch(older, /Newer updates/);
  const furtherDown = renderLivePage({ ...model, isNewestPage: false, newer: "xyz-9" });
  assert.match(furtherDown, /<a href="\/stories\/votes\?before=xyz-9#updates" rel="prev">Newer updates<\/a>/);
  const draft = renderLivePage(samplePage({ story: { status: "draft" } }));
  assert.match(draft, /<meta name="robots" content="noindex"/);
  assert.doesNotMatch(draft, /type="module"|rel="alternate"/);
});

test("a story that runs from right to left", () => {
  const html = renderLivePage(samplePage({ story: { language: "ar", direction: "rtl" } }));
  assert.match(html, /<html lang="ar" dir="rtl">/);
});
