import { createElement as h } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Author, Entry, Image, Snapshot, Story } from "../protocol/shapes.ts";
import { formatDateTime } from "../view/dates.ts";
import { lastUpdateOf } from "../view/page-state.ts";
import { excerpt, plainText } from "../view/plain-text.ts";
import { stringsFor } from "../view/strings.ts";
import type { Publisher } from "./document.tsx";

export type SyndicatedStory = { snapshot: Snapshot; publisher: Publisher };

const TITLE_CHARS = 100;
/** What XML 1.0 cannot hold, not even escaped. */
const NOT_IN_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

export function feedUrl(story: Story, form: "json" | "atom"): string {
  return `${story.url}/feed.${form}`;
}

/** https://www.jsonfeed.org/version/1.1/ */
export function jsonFeed({ snapshot, publisher }: SyndicatedStory): object {
  const { story, entries } = snapshot;
  return {
    version: "https://jsonfeed.org/version/1.1",
    title: story.headline,
    description: story.summary ?? undefined,
    home_page_url: story.url,
    feed_url: feedUrl(story, "json"),
    icon: publisher.logoUrl ?? undefined,
    language: story.language,
    authors: authorsOf(story.authors, publisher),
    expired: story.status === "ended" ? true : undefined,
    items: entries.map((entry) => ({
      id: idOf(entry),
      url: entry.url,
      title: titleOf(entry),
      content_html: contentOf(entry, story),
      image: entry.media[0]?.url,
      date_published: entry.publishedAt,
      date_modified: entry.updatedAt ?? entry.publishedAt,
      authors: entry.authors.length > 0 ? authorsOf(entry.authors, publisher) : undefined,
      tags: [entry.label],
      language: entry.language ?? undefined,
    })),
  };
}

/** https://www.rfc-editor.org/rfc/rfc4287 */
export function atomFeed({ snapshot, publisher }: SyndicatedStory): string {
  const { story, entries } = snapshot;
  const updated = [story.updatedAt, lastUpdateOf(entries) ?? story.updatedAt].sort().at(-1);
  const feed = h(
    "feed",
    { xmlns: "http://www.w3.org/2005/Atom", "xml:lang": story.language },
    h("id", null, story.url),
    h("title", null, story.headline),
    story.summary ? h("subtitle", null, story.summary) : null,
    h("link", { rel: "self", type: "application/atom+xml", href: feedUrl(story, "atom") }),
    h("link", { rel: "alternate", type: "text/html", href: story.url }),
    h("updated", null, updated),
    publisher.logoUrl ? h("logo", null, publisher.logoUrl) : null,
    ...people(story.authors.length > 0 ? story.authors : [{ name: publisher.name, url: null }]),
    ...entries.map((entry) => atomEntry(entry, story)),
  );
  // Of what must be escaped in XML, HTML does not know "]]>".
  const xml = renderToString(feed).replace(NOT_IN_XML, "").replaceAll("]]>", "]]&gt;");
  return `<?xml version="1.0" encoding="utf-8"?>\n${xml}`;
}

function atomEntry(entry: Entry, story: Story) {
  return h(
    "entry",
    entry.language ? { "xml:lang": entry.language } : null,
    h("id", null, idOf(entry)),
    h("title", null, titleOf(entry)),
    h("link", { rel: "alternate", type: "text/html", href: entry.url }),
    h("published", null, entry.publishedAt),
    h("updated", null, entry.updatedAt ?? entry.publishedAt),
    h("category", { term: entry.label }),
    ...people(entry.authors),
    h("content", { type: "html" }, contentOf(entry, story)),
  );
}

function people(authors: readonly Author[]) {
  return authors.map(({ name, url }) => h("author", null, h("name", null, name), url ? h("uri", null, url) : null));
}

/** Stays the same wherever the service is reached. */
function idOf({ id }: Entry): string {
  return `urn:uuid:${id}`;
}

function titleOf({ headline, html }: Entry): string {
  return headline ?? excerpt(plainText(html), TITLE_CHARS);
}

/** What the page shows of an entry, without the page around it. */
function contentOf({ html, media, corrections }: Entry, { language, timeZone: zone }: Story): string {
  const strings = stringsFor(language);
  const more = renderToString(
    <>
      {media.map((image) => (
        <FeedImage key={image.url} image={image} />
      ))}
      {corrections.map(({ text, at }) => (
        <p key={at}>
          <em>{`${strings.correctedAt(formatDateTime(at, { zone, strings, now: null }))}: ${text}`}</em>
        </p>
      ))}
    </>,
  );
  return html + more;
}

function FeedImage({ image: { url, alt, width, height, caption, credit } }: { image: Image }) {
  const words = [caption, credit].filter(Boolean).join(" ");
  return (
    <figure>
      <img src={url} alt={alt} width={width} height={height} />
      {words ? <figcaption>{words}</figcaption> : null}
    </figure>
  );
}

function authorsOf(authors: readonly Author[], { name }: Publisher) {
  return authors.length > 0
    ? authors.map((author) => ({ name: author.name, url: author.url ?? undefined }))
    : [{ name }];
}
