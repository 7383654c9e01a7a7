const INLINE_TAG = /<\/?(?:a|abbr|b|code|del|em|i|ins|mark|s|small|span|strong|sub|sup|u)(?:\s[^>]*)?>/gi;
const ANY_TAG = /<[^>]*>/g;
const ENTITY = /&(?:#(\d+)|#x([0-9a-f]+)|(amp|lt|gt|quot|apos|nbsp));/gi;
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** The words of the service's own HTML. Not safe to insert: it may contain `<` again. */
export function plainText(html: string): string {
  const words = html.replace(INLINE_TAG, "").replace(ANY_TAG, " ");
  return decodeEntities(words).replace(/\s+/g, " ").trim();
}

/** The first words of a text, at most `maxChars`, broken between words. */
export function excerpt(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const end = text.lastIndexOf(" ", maxChars);
  return `${text.slice(0, end > maxChars / 2 ? end : maxChars).replace(/[\s.,;:–—-]+$/u, "")}…`;
}

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name) return NAMED[name.toLowerCase()] ?? whole;
    const codePoint = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? "", 16);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole;
  });
}
