import assert from "node:assert/strict";
import { test } from "node:test";
import { isPreviewOf, signPreview } from "../../src/editorial/preview.ts";

test("a preview address is good until it expires, for its story, and only as this service signed it", () => {
  const token = signPreview("secret", "story", 1_000);
  assert.equal(isPreviewOf("secret", "story", token, 999), true);
  assert.equal(isPreviewOf("secret", "story", token, 1_000), false);
  assert.equal(isPreviewOf("secret", "story-2", token, 999), false);
  assert.equal(isPreviewOf("another secret", "story", token, 999), false);
  const [, signature] = token.split(".");
  assert.equal(isPreviewOf("secret", "story", `zzzzzz.${signature}`, 999), false, "a later expiry");
  for (const text of ["", ".", "x", `${token}x`, "NaN.x"])
    assert.equal(isPreviewOf("secret", "story", text, 999), false);
});
