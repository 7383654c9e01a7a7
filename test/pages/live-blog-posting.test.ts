import assert from "node:assert/strict";
import { test } from "node:test";
import { liveBlogPosting } from "../../src/pages/live-blog-posting.ts";
import { photo, samplePage } from "./sample-page.ts";

type Json = Record<string, unknown>;

function postingOf(sample: Parameters<typeof samplePage>[0] = {}): Json & { liveBlogUpdate: Json[] } {
  const { snapshot, publisher, site } = samplePage(sample);
  return JSON.parse(JSON.stringify(liveBlogPosting(snapshot, publisher, site)));
}

test("one LiveBlogPosting with all that search engines ask for", () => {
  const story = { summary: "All night.", image: photo, authors: [{ name: "Nora Feldkamp", url: null }] };
  const posting = postingOf({ story });
  assert.equal(posting["@type"], "LiveBlogPosting");
  assert.equal(posting.url, "https://live.example.com/stories/votes");
  assert.deepEqual(posting.author, [{ "@type": "Person", name: "Nora Feldkamp" }]);
  assert.deepEqual(posting.publisher, {
    ...{ "@type": "Organization", name: "The Prairie Ledger", url: "https://live.example.com/" },
    logo: { "@type": "ImageObject", url: "https://live.example.com/logo.png" },
  });
  assert.deepEqual((posting.image as Json[])[0]?.url, photo.url);
  for (const field of ["headline", "description", "datePublished", "dateModified", "mainEntityOfPage"]) {
    assert.ok(posting[field], field);
  }
});

test("an update has its permalink, a date that stays and one that moves, plain text, and its corrections", () => {
  const correction = { text: "It was ten.", at: "2024-06-19T07:30:00.000Z" };
  const entry = {
    html: "<p>A &amp; B.</p><p>C.</p>",
    updatedAt: "2024-06-19T07:40:00.000Z",
    corrections: [correction],
  };
  const [update] = postingOf({ entry }).liveBlogUpdate;
  assert.equal(update?.url, update?.["@id"]);
  assert.match(String(update?.url), /\?entry=(.+)#entry-\1$/);
  assert.equal(update?.datePublished, "2024-06-19T07:05:00.000Z");
  assert.equal(update?.dateModified, "2024-06-19T07:40:00.000Z");
  assert.equal(update?.articleBody, "A & B. C.");
  assert.equal(update?.headline, "A & B. C.", "an update without a headline does not take the story's");
  assert.deepEqual(update?.correction, [
    { "@type": "CorrectionComment", text: "It was ten.", datePublished: "2024-06-19T07:30:00.000Z" },
  ]);
});

test("the end of the coverage is stated only once it has ended", () => {
  const coverageEnd = "2024-06-19T09:00:00.000Z";
  assert.equal("coverageEndTime" in postingOf({ story: { status: "live", coverageEnd } }), false);
  assert.equal(postingOf({ story: { status: "ended", coverageEnd } }).coverageEndTime, coverageEnd);
});

test("the newest change of anything dates the page", () => {
  assert.equal(
    postingOf({ entry: { updatedAt: "2024-06-19T08:00:00.000Z" } }).dateModified,
    "2024-06-19T08:00:00.000Z",
  );
});
