import assert from "node:assert/strict";
import { test } from "node:test";
import { stringsFor } from "../../src/view/strings.ts";

test("the words of the controls", () => {
  const { newUpdates, pause, resume, pinned, olderUpdates } = stringsFor("en-GB");
  assert.deepEqual([newUpdates(1), newUpdates(3)], ["1 new update", "3 new updates"]);
  assert.deepEqual([pause, resume, pinned, olderUpdates], ["Pause", "Resume", "Pinned", "Older updates"]);
});

test("counts are right in languages that count otherwise", () => {
  const counts = (language: string) => [1, 2, 3, 11, 100].map((count) => stringsFor(language).newUpdates(count));
  assert.deepEqual(counts("ar"), [
    "تحديث جديد واحد",
    "تحديثان جديدان",
    "3 تحديثات جديدة",
    "11 تحديثًا جديدًا",
    "100 تحديث جديد",
  ]);
  assert.deepEqual(counts("de-AT").slice(0, 2), ["1 neue Meldung", "2 neue Meldungen"]);
});

test("a language without a table is served in English, not in half of each", () => {
  const english = { ...stringsFor("en"), spoken: { lang: "en", dir: "ltr" } };
  assert.deepEqual(stringsFor("ja"), english);
  assert.deepEqual(stringsFor("constructor"), english);
  assert.deepEqual(stringsFor("en-GB").spoken, {}, "a page in its own language need not say so");
});
