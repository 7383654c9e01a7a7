import MarkdownIt from "markdown-it";

/**
 * Markdown to HTML that is safe to insert: paragraphs, emphasis, links, lists, quotes and headings. Everything else,
 * raw HTML above all, is shown as the text it is.
 *
 * @param topHeading the level of the highest heading, so that all stay below those of the page around them.
 */
export function renderMarkdown(markdown: string, topHeading: 3 | 4): string {
  return renderer.render(markdown, { topHeading }).trim();
}

/** Below the headline of the entry. */
export function renderEntry(markdown: string): string {
  return renderMarkdown(markdown, 4);
}

/** Below the headline of the story. */
export function renderBackground(markdown: string): string {
  return renderMarkdown(markdown, 3);
}

/**
 * Whether nothing of it would be seen. Only definitions of links render to nothing, besides white space, so that no other
 * text has to be rendered for the answer.
 */
export function isBlank(markdown: string): boolean {
  return /^\s*(\[|$)/.test(markdown) && renderMarkdown(markdown, 3) === "";
}

const KNOWN_RULES = [
  ...["heading", "lheading", "list", "blockquote", "reference", "newline", "escape", "entity"],
  ...["emphasis", "balance_pairs", "fragments_join", "link", "autolink"],
];
const renderer = new MarkdownIt("zero", { html: false }).enable(KNOWN_RULES);

// An image is a link behind a "!"; taking both characters as text leaves nothing for the link rule to find.
renderer.inline.ruler.before("link", "image_as_text", (state, silent) => {
  if (!state.src.startsWith("![", state.pos)) return false;
  if (!silent) state.pending += "![";
  state.pos += 2;
  return true;
});

const SAFE_LINK = /^(https?:\/\/|mailto:)/i;
renderer.validateLink = (url) => SAFE_LINK.test(url);

// The rule for links does not ask about an address that is not there. That leads nowhere, so it is text as well.
renderer.core.ruler.push("links_to_nowhere_as_text", (state) => {
  for (const { children } of state.tokens) {
    let isNowhere = false;
    for (const token of children ?? []) {
      if (token.type === "link_open") isNowhere = token.attrGet("href") === "";
      if (!isNowhere || !token.type.startsWith("link_")) continue;
      const isEnd = token.type === "link_close";
      Object.assign(token, { type: "text", tag: "", nesting: 0, content: isEnd ? "]()" : "[" });
    }
  }
});

// Editors choose headings by their looks: whoever begins with "##" or leaves one out still gets an outline without gaps.
renderer.core.ruler.push("headings_below_the_page", (state) => {
  const { topHeading } = state.env as { topHeading: number };
  const headings = state.tokens.filter(({ type }) => type.startsWith("heading_"));
  const highest = Math.min(...headings.map(levelOf));
  let level = topHeading - 1;
  for (const token of headings) {
    if (token.nesting === 1) level = Math.min(6, level + 1, levelOf(token) - highest + topHeading);
    token.tag = `h${level}`;
  }
});

function levelOf({ tag }: { tag: string }): number {
  return Number(tag.slice(1));
}
