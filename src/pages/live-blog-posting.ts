import type { Author, Entry, Image, Snapshot, Story } from "../protocol/shapes.ts";
import { lastUpdateOf } from "../view/page-state.ts";
import { excerpt, plainText } from "../view/plain-text.ts";
import type { Publisher } from "./document.tsx";

const HEADLINE_CHARS = 110;

/**
 * The page as schema.org describes a live page: one object, the same entries as on the page, each with its own permalink.
 * Google wants publisher and headline on every update; a coverage end is stated only once there is one.
 */
export function liveBlogPosting(snapshot: Snapshot, publisher: Publisher, site: string): Record<string, unknown> {
  const { story, background, entries } = snapshot;
  const organization = { "@type": "Organization", name: publisher.name, url: `${site}/`, ...logoOf(publisher) };
  const images = story.image ? [story.image] : entries.flatMap(({ media }) => media).slice(0, 1);
  return {
    "@context": "https://schema.org",
    "@type": "LiveBlogPosting",
    "@id": story.url,
    url: story.url,
    mainEntityOfPage: story.url,
    headline: excerpt(story.headline, HEADLINE_CHARS),
    description: story.summary ?? undefined,
    inLanguage: story.language,
    datePublished: firstPublished(story),
    dateModified: lastModified(snapshot),
    image: images.length > 0 ? images.map(imageObject) : (publisher.logoUrl ?? undefined),
    author: authorsOf(story.authors) ?? organization,
    publisher: organization,
    coverageStartTime: story.coverageStart,
    coverageEndTime: story.status === "ended" ? (story.coverageEnd ?? undefined) : undefined,
    about: story.topics.length > 0 ? story.topics.map(({ name }) => ({ "@type": "Thing", name })) : undefined,
    articleBody: background ? plainText(background.html) : undefined,
    liveBlogUpdate: entries.map((entry) => blogPosting(entry, story, organization)),
  };
}

function blogPosting(entry: Entry, story: Story, organization: Record<string, unknown>) {
  const { url, headline, html, publishedAt, updatedAt, authors, media, corrections, attributions } = entry;
  const articleBody = plainText(html);
  return {
    "@type": "BlogPosting",
    "@id": url,
    url,
    headline: excerpt(headline ?? articleBody, HEADLINE_CHARS),
    datePublished: publishedAt,
    dateModified: updatedAt ?? publishedAt,
    articleBody,
    inLanguage: entry.language ?? undefined,
    author: authorsOf(authors) ?? authorsOf(story.authors) ?? organization,
    publisher: organization,
    image: media.length > 0 ? media.map(imageObject) : undefined,
    citation:
      attributions.length > 0
        ? attributions.map(({ source, url: at }) => ({ "@type": "CreativeWork", name: source, url: at ?? undefined }))
        : undefined,
    correction:
      corrections.length > 0
        ? corrections.map(({ text, at }) => ({ "@type": "CorrectionComment", text, datePublished: at }))
        : undefined,
  };
}

function logoOf({ logoUrl }: Publisher) {
  return logoUrl ? { logo: { "@type": "ImageObject", url: logoUrl } } : {};
}

function authorsOf(authors: Author[]) {
  if (authors.length === 0) return null;
  return authors.map(({ name, url }) => ({ "@type": "Person", name, url: url ?? undefined }));
}

function imageObject({ url, width, height, caption, credit }: Image) {
  const words = { caption: caption ?? undefined, creditText: credit ?? undefined };
  return { "@type": "ImageObject", url, width, height, ...words };
}

/** Readers met the story when coverage started, unless it was announced before. */
function firstPublished({ createdAt, coverageStart }: Story): string {
  return coverageStart < createdAt ? coverageStart : createdAt;
}

function lastModified({ story, entries }: Snapshot): string {
  const times = [story.updatedAt, lastUpdateOf(entries) ?? story.updatedAt];
  return times.sort().at(-1) ?? story.updatedAt;
}
