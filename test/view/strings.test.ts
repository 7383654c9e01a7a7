import assert from "node:assert/strict";
import { test } from "node:test";
import { stringsFor } from "../../src/view/strings.ts";

test("the words of the controls", () => {
  const { newUpdates, pause, resume, pinned, olderUpdates } = stringsFor("en-GB");
  assert.deepEqual([newUpdates(1), newUpdates(3)], ["1 new update", "3 new updates"]);
  assert.deepEqual([pause, resume, pinned, olderUpdates], ["Pause", "Resume", "Pinned", "Older updates"]);
});

test("a language without a table is served in English, not in half of each", () => {
  assert.equal(stringsFor("ar"), stringsFor("en"));
  assert.equal(stringsFor("constructor"), stringsFor("en"));
});
