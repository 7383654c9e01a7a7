import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleStory } from "../../client-demo/newsroom/sample-story.ts";
import type { Step } from "../../client-demo/newsroom/script.ts";

const { story, steps } = sampleStory;

function stepsOf<Kind extends Step["kind"]>(kind: Kind): Extract<Step, { kind: Kind }>[] {
  return steps.filter((step): step is Extract<Step, { kind: Kind }> => step.kind === kind);
}

test("every name in the script refers to an entry that is on the page at that point", () => {
  const onPage = new Set<string>();
  const everPublished = new Set<string>();
  for (const step of steps) {
    if (step.kind === "publish") {
      assert.ok(!everPublished.has(step.name), `"${step.name}" is published twice`);
      everPublished.add(step.name);
      onPage.add(step.name);
    } else if (step.kind === "retract") {
      assert.ok(onPage.delete(step.name), `"${step.name}" is retracted without being on the page`);
    } else if (step.kind === "revise" || step.kind === "pin") {
      assert.ok(onPage.has(step.name), `"${step.name}" is not on the page`);
    }
  }
});

test("at least twelve entries stay on the page", () => {
  assert.ok(stepsOf("publish").length - stepsOf("retract").length >= 12);
});

test("the script shows a key moment and a breaking one, each with its label", () => {
  const marked = stepsOf("publish")
    .map(({ entry }) => [entry.importance, entry.label])
    .filter(([importance]) => importance !== undefined);
  assert.deepEqual(marked, [
    ["breaking", "BREAKING"],
    ["key", "KEY MOMENT"],
  ]);
});

test("the script corrects a figure in public: the wrong one was published and is gone from the text afterwards", () => {
  const [revision] = stepsOf("revise").filter(({ patch }) => patch.correction !== undefined);
  const original = stepsOf("publish").find(({ name }) => name === revision?.name);
  assert.match(original?.entry.markdown ?? "", /13\.6 million/);
  assert.match(revision?.patch.correction ?? "", /13\.6 million.*31\.6 million/);
  assert.match(revision?.patch.markdown ?? "", /31\.6 million/);
  assert.doesNotMatch(revision?.patch.markdown ?? "", /13\.6/);
});

test("the script pins one entry that stays, and withdraws a claim that it had marked as disputed", () => {
  const [pin, ...otherPins] = stepsOf("pin");
  const [retraction, ...otherRetractions] = stepsOf("retract");
  assert.deepEqual([otherPins, otherRetractions], [[], []]);
  assert.notEqual(pin?.name, retraction?.name);
  const claim = stepsOf("publish").find(({ name }) => name === retraction?.name);
  assert.equal(claim?.entry.attributions?.[0]?.status, "disputed");
});

test("the end comes last and once", () => {
  assert.equal(stepsOf("end").length, 1);
  assert.equal(steps.at(-1)?.kind, "end");
});

test("the play takes about a minute and never leaves its watcher waiting for long", () => {
  const totalMs = steps.reduce((sum, { waitMs }) => sum + waitMs, 0);
  assert.ok(totalMs >= 45_000 && totalMs <= 75_000, `${totalMs} ms`);
  assert.ok(steps.every(({ waitMs }) => waitMs >= 0 && waitMs <= 6000));
});

test("the drafts keep the limits of the contract", () => {
  assert.match(story.slug, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  assert.ok(story.headline.length <= 300);
  assert.ok((story.summary ?? "").length <= 1000);
  for (const { entry } of stepsOf("publish")) {
    assert.ok((entry.label ?? "").length <= 40);
    assert.ok((entry.headline ?? "").length <= 300);
    assert.ok(entry.markdown.length > 0 && entry.markdown.length <= 20_000);
  }
});

test("no line of Markdown is indented so far that it would become a code block", () => {
  const texts = [
    story.background?.markdown ?? "",
    ...stepsOf("publish").map(({ entry }) => entry.markdown),
    ...stepsOf("revise").map(({ patch }) => patch.markdown ?? ""),
  ];
  for (const text of texts) assert.doesNotMatch(text, /^ {4}/m);
});
