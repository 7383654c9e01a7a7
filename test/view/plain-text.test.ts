import assert from "node:assert/strict";
import { test } from "node:test";
import { excerpt, plainText } from "../../src/view/plain-text.ts";

test("blocks are kept apart, words with marks in them are kept together", () => {
  assert.equal(
    plainText("<p>One.</p><p>T<em>w</em>o.</p>\n<ul><li>three</li><li>four</li></ul>"),
    "One. Two. three four",
  );
  assert.equal(
    plainText('<p>See <a href="https://example.com/?a=1&amp;b=2">the <strong>map</strong></a>.</p>'),
    "See the map.",
  );
});

test("entities are decoded once", () => {
  assert.equal(
    plainText("<p>1 &lt; 2 &amp;amp; &quot;3&quot; &#39;4&#39; &#x35;&nbsp;6</p>"),
    "1 < 2 &amp; \"3\" '4' 5 6",
  );
  assert.equal(plainText("<p>&#99999999; &unknown;</p>"), "&#99999999; &unknown;");
});

test("an excerpt ends between words, within its measure", () => {
  assert.equal(excerpt("short", 10), "short");
  assert.equal(excerpt("The votes are counted, slowly", 22), "The votes are counted…");
  assert.equal(excerpt("x".repeat(30), 10), `${"x".repeat(10)}…`);
});
