import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import { TestService } from "../support/service.ts";

const validator = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ["html-validate:standard", "html-validate:document", "html-validate:a11y"],
    rules: {
      // Our own files, named after their content.
      "require-sri": "off",
      // A list may have a name, and ours tells sources from other lists.
      "aria-label-misuse": ["error", { allowAnyNamable: true }],
    },
  }),
);

const image = {
  url: "https://img.example/a.jpg",
  alt: "A hall",
  width: 400,
  height: 300,
  caption: "C",
  credit: "N. F.",
};
const everything = {
  summary: "All <night>.",
  topics: [{ slug: "elections", name: "Elections" }],
  authors: [{ name: "Nora Feldkamp", url: "https://live.example/nora" }],
  background: {
    markdown: "## Before\n\nHow it *came*, and a [link](https://live.example).\n\n> Said.\n\n1. one\n2. two",
  },
  image,
};

let service: TestService;
before(async () => {
  service = await TestService.start();
});
after(() => service.close());

async function assertValid(path: string, status = 200): Promise<void> {
  const answer = await service.call("GET", `/${path}`, { key: null, headers: { Accept: "text/html" } });
  assert.equal(answer.status, status, path);
  const { results } = await validator.validateString(answer.text);
  const faults = results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
  assert.deepEqual(faults, [], path);
}

async function fullStory(slug: string, story: object): Promise<void> {
  await service.createStory({ slug, headline: "Votes & <counts>", ...everything, ...story });
  const kinds = ["normal", "key", "breaking"] as const;
  for (let n = 0; n < 35; n += 1) {
    const { id } = await service.publish(slug, {
      ...{ headline: n % 2 ? `Entry <${n}>` : null, importance: kinds[n % 3] as "key", media: n % 4 ? [] : [image] },
      ...{ markdown: "> q\n\n- a\n- b\n\n# h\n\n`c` & <i>d</i>", language: n % 5 ? null : "fr" },
      attributions: [{ source: "AP & co", url: "https://ap.example/?a=1&b=2", status: "confirmed" }],
    });
    if (n === 34) await service.call("PUT", `/stories/${slug}/pin`, { body: { entryId: id } });
    if (n === 33)
      await service.call("PATCH", `/stories/${slug}/entries/${id}`, { body: { label: "NEW", correction: "<Ten>." } });
  }
}

test("every page is valid HTML: live, older, of one entry, ended, empty, right to left, and of what is not there", async () => {
  await fullStory("full", {});
  await fullStory("ended", { language: "ar" });
  await service.call("PATCH", "/stories/ended", { body: { status: "ended" } });
  await service.createStory({ slug: "empty", status: "scheduled" });
  await service.createStory({ slug: "draft", status: "draft" });
  const { older, entries } = await service.snapshot("full", 30);
  const preview = new URL((await service.call("POST", "/stories/draft/previews")).body.url);
  await assertValid("/stories/full");
  await assertValid(`/stories/full?before=${older}`);
  await assertValid(`/stories/full?entry=${entries[3]?.id}`);
  await assertValid("/stories/ended");
  await assertValid("/stories/empty");
  await assertValid(`${preview.pathname}${preview.search}`);
  await assertValid("/");
  await assertValid("/topics/elections");
  await assertValid("/stories/never", 404);
});
