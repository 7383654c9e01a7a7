import assert from "node:assert/strict";
import { test } from "node:test";
import { directionOf } from "../../src/protocol/direction.ts";

test("the direction is that of the script a language is written in", () => {
  for (const language of ["ar", "he", "fa", "ur", "az-Arab", "ks-Arab-IN", "dv"])
    assert.equal(directionOf(language), "rtl", language);
  for (const language of ["en", "de-CH", "az", "uz-Latn", "ja", "ru"])
    assert.equal(directionOf(language), "ltr", language);
});
