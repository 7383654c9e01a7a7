import assert from "node:assert/strict";
import { test } from "node:test";
import { isLanguage, isTimeZone } from "../../src/editorial/language.ts";

test("a language is a BCP 47 tag, a time zone an IANA name", () => {
  for (const tag of ["en", "pt-BR", "zh-Hant-TW"]) assert.ok(isLanguage(tag), tag);
  for (const tag of ["", "english language", "en_US", "e", "a".repeat(40)]) assert.ok(!isLanguage(tag), tag);
  for (const name of ["America/Chicago", "Asia/Kolkata", "UTC"]) assert.ok(isTimeZone(name), name);
  for (const name of ["", "Chicago", "+05:30", "America/Nowhere"]) assert.ok(!isTimeZone(name), name);
});
