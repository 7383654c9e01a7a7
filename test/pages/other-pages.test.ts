import assert from "node:assert/strict";
import { test } from "node:test";
import { loadAssets } from "../../src/pages/assets.ts";
import { renderIndexPage } from "../../src/pages/index-page.tsx";
import { renderProblemPage } from "../../src/pages/problem-page.tsx";
import type { Story, StoryStatus } from "../../src/protocol/shapes.ts";
import { plainText } from "../../src/view/plain-text.ts";
import { assets, samplePage } from "./sample-page.ts";

const frame = { site: "https://live.example.com", publisher: { name: "The Prairie Ledger", logoUrl: null }, assets };

function story(slug: string, status: StoryStatus, more: Partial<Story> = {}): Story {
  return { ...samplePage().snapshot.story, slug, headline: `Story ${slug}`, status, ...more };
}

test("the front page: what is live, then what comes, soonest first, then what has ended", () => {
  const html = renderIndexPage({
    ...frame,
    topic: null,
    stories: [
      story("over", "ended", { coverageEnd: "2024-06-19T09:00:00.000Z" }),
      story("later", "scheduled", { coverageStart: "2024-06-21T07:05:00.000Z" }),
      story("now", "live"),
      story("sooner", "scheduled", { coverageStart: "2024-06-20T07:05:00.000Z" }),
      story("halted", "paused"),
    ],
  });
  const links = [...html.matchAll(/href="\/stories\/([^"]+)"/g)].map(([, slug]) => slug);
  assert.deepEqual(links, ["now", "halted", "sooner", "later", "over"]);
  const text = plainText(html);
  assert.match(text, /Live now .* Coming up .* Recently ended/);
  assert.match(text, /coverage starts Jun 20, 2024 2:05 AM CDT/);
  assert.match(text, /Ended · Jun 19, 2024 4:00 AM CDT/);
});

test("an empty front page says what it is waiting for; one without a live story says that", () => {
  assert.match(renderIndexPage({ ...frame, topic: null, stories: [] }), /There are no stories yet/);
  assert.match(renderIndexPage({ ...frame, topic: null, stories: [story("over", "ended")] }), /Nothing is live/);
});

test("the page of a topic names it", () => {
  const topic = { slug: "votes", name: "Votes" };
  const html = renderIndexPage({ ...frame, topic, stories: [story("now", "live")] });
  assert.match(html, /<h1[^>]*>Votes stories<\/h1>/);
  assert.match(html, /<link rel="canonical" href="https:\/\/live.example.com\/topics\/votes"/);
});

test("a page that says no is not indexed, and shows what it was told as text", () => {
  const html = renderProblemPage({ ...frame, status: 410, title: "Removed", detail: "Gone: <b>all</b> of it." });
  assert.match(html, /<meta name="robots" content="noindex"/);
  assert.match(html, /Gone: &lt;b>all&lt;\/b> of it\./);
  assert.match(html, /410/);
});

test("every asset that a page names was built, and is named after its content", () => {
  const { manifest, files } = loadAssets();
  for (const name of ["live-page.js", "dateline.css", "icon.svg", "newsreader.woff2"]) {
    const [, file = ""] = /^\/assets\/(.+)$/.exec(manifest[name] ?? "") ?? [];
    assert.match(file, /-[\w-]{8}\.\w+$/, name);
    assert.ok((files.get(file)?.bytes.length ?? 0) > 100, name);
  }
  const css = String(files.get((manifest["dateline.css"] ?? "").replace("/assets/", ""))?.bytes);
  for (const [, file = ""] of css.matchAll(/url\("([^"]+)"\)/g)) assert.ok(files.has(file), file);
});

test("all the JavaScript of the live page fits in 30 kB", () => {
  const scripts = [...loadAssets().files].filter(([file]) => /^(live-page|socket-wire)-.*\.js$/.test(file));
  const bytes = scripts.reduce((sum, [, { gzip }]) => sum + (gzip?.length ?? 0), 0);
  assert.ok(scripts.length === 2 && bytes <= 30_000, `${bytes} bytes of gzip in ${scripts.length} files`);
});
