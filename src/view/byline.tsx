import type { Author } from "../protocol/shapes.ts";
import type { Strings } from "./strings.ts";

export function Byline({ authors, strings, class: className }: { authors: Author[]; strings: Strings; class: string }) {
  if (authors.length === 0) return null;
  return (
    <p class={className} {...strings.spoken}>
      {`${strings.by} `}
      {listed(authors, strings)}
    </p>
  );
}

/** `Nora Feldkamp, Ana Ruiz, and Isaac Obi`, joined as the language joins. */
function listed(authors: Author[], { locale }: Strings) {
  const waiting = [...authors];
  return new Intl.ListFormat(locale).formatToParts(authors.map(({ name }) => name)).map(({ type, value }) => {
    const author = type === "element" ? waiting.shift() : undefined;
    if (!author) return value;
    return author.url ? (
      <a key={author.name} href={author.url} rel="author">
        {author.name}
      </a>
    ) : (
      <span key={author.name}>{author.name}</span>
    );
  });
}
