import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isBlank, renderMarkdown } from "../../src/editorial/markdown.ts";

const html = (markdown: string) => renderMarkdown(markdown, 4);

test("paragraphs, emphasis, links, lists, quotes and headings are known", () => {
  assert.equal(html("One *two* **three**"), "<p>One <em>two</em> <strong>three</strong></p>");
  assert.equal(html("[AP](https://apnews.com/)"), '<p><a href="https://apnews.com/">AP</a></p>');
  assert.equal(html("- a\n- b"), "<ul>\n<li>a</li>\n<li>b</li>\n</ul>");
  assert.equal(html("1. a"), "<ol>\n<li>a</li>\n</ol>");
  assert.equal(html("> said"), "<blockquote>\n<p>said</p>\n</blockquote>");
});

test("headings make an outline without gaps, wherever editors begin and whatever they leave out", () => {
  assert.equal(html("## Top\n\n### Next"), "<h4>Top</h4>\n<h5>Next</h5>");
  assert.equal(renderMarkdown("### Top\n\n###### Next\n\n# Above", 3), "<h3>Top</h3>\n<h4>Next</h4>\n<h3>Above</h3>");
  assert.equal(html("# 1\n\n## 2\n\n### 3\n\n#### 4"), "<h4>1</h4>\n<h5>2</h5>\n<h6>3</h6>\n<h6>4</h6>");
});

test("headings stay below those of the page around them", () => {
  assert.equal(html("# Top"), "<h4>Top</h4>");
  assert.equal(renderMarkdown("# Top", 3), "<h3>Top</h3>");
  assert.equal(html("###### Deep"), "<h4>Deep</h4>");
  assert.equal(html("Top\n==="), "<h4>Top</h4>");
});

test("raw HTML and Markdown images are shown as text", () => {
  assert.equal(html("<script>alert(1)</script>"), "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
  assert.equal(html("a <b onclick=x>b</b>"), "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>");
  assert.equal(html("![alt](https://evil.example/x.png)"), "<p>![alt](https://evil.example/x.png)</p>");
  assert.equal(
    html("![alt][ref]\n\n[ref]: https://evil.example"),
    '<p>![alt]<a href="https://evil.example">ref</a></p>',
  );
});

test("a link leads to the web or to a mailbox, or it is text", () => {
  const hostile = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//evil.example",
    "/admin",
  ];
  for (const url of hostile) {
    assert.ok(!html(`[x](${url})`).includes("<a"), url);
    assert.ok(!html(`<${url}>`).includes("<a"), url);
  }
  assert.match(html("<mailto:desk@news.example>"), /<a href="mailto:desk@news.example">/);
});

test("a link that leads nowhere is text, and what stands in it is not", () => {
  for (const markdown of ["[]()", "[words]()", "a [b]() c"]) assert.equal(html(markdown), `<p>${markdown}</p>`);
  assert.equal(html("[a *b*]()"), "<p>[a <em>b</em>]()</p>");
  assert.equal(html("[a]() [b](https://b.example)"), '<p>[a]() <a href="https://b.example">b</a></p>');
});

const KNOWN_MARKUP =
  /<(\/?(p|em|strong|ul|ol|li|blockquote|h[3-6])|ol start="\d+"|a href="[^"<>]*"( title="[^"<>]*")?|\/a|br|hr)>/g;
const fragment = fc.oneof(
  fc.constantFrom(
    "<img src=x onerror=alert(1)>",
    "[a](javascript:x)",
    "](",
    "![",
    "<a href='x'>",
    '"',
    "&lt;script&gt;",
  ),
  fc.constantFrom("# ", "> ", "- ", "1. ", "\n\n", "\n", "*", "_", "`", "[x]: https://e.example '\"><script>'", "[x]"),
  fc.string(),
);

test("whatever is written, nothing but the known markup comes out", () => {
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 30, size: "max" }), (fragments) => {
      const rest = html(fragments.join("")).replace(KNOWN_MARKUP, "");
      assert.ok(!rest.includes("<") && !rest.includes(">"), rest);
    }),
  );
});

const blankish = fc.constantFrom(
  " ",
  "\n",
  "\t",
  "\u00a0",
  "\u2028",
  "\ufeff",
  "[a]: https://e.example\n",
  "[a]",
  "> ",
  "- ",
  "#",
  "\\",
);

test("a text is blank exactly when it renders to nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(blankish, fragment), { maxLength: 6 }), (fragments) => {
      const text = fragments.join("");
      assert.equal(isBlank(text), html(text) === "", JSON.stringify(text));
    }),
    { numRuns: 1_000 },
  );
  for (const text of ["", " \n\t", "\n[a]: https://e.example"]) assert.ok(isBlank(text), text);
});
