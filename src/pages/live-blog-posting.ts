import type {
  BlogPostingLeaf,
  ImageObject,
  ImageObjectLeaf,
  LiveBlogPosting,
  LiveBlogPostingLeaf,
  Organization,
  OrganizationLeaf,
  Person,
  PersonLeaf,
  WithContext,
} from "schema-dts";
import type { Attribution, Author, Entry, Image, Snapshot, Story } from "../protocol/shapes.ts";
import { lastUpdateOf } from "../view/page-state.ts";
import { excerpt, plainText } from "../view/plain-text.ts";
import type { Publisher } from "./document.tsx";

const HEADLINE_CHARS = 110;

/**
 * The page as schema.org describes a live page: one object, the same entries as on the page, each with its own permalink.
 * Google wants publisher and headline on every update; a coverage end is stated only once there is one.
 */
export function liveBlogPosting(snapshot: Snapshot, publisher: Publisher, site: string): WithContext<LiveBlogPosting> {
  const { story, background, entries } = snapshot;
  const organization = organizationOf(publisher, site);
  const images = story.image ? [story.image] : entries.flatMap(({ media }) => media).slice(0, 1);
  return given<WithContext<LiveBlogPostingLeaf>>({
    "@context": "https://schema.org",
    "@type": "LiveBlogPosting",
    "@id": story.url,
    url: story.url,
    mainEntityOfPage: story.url,
    headline: excerpt(story.headline, HEADLINE_CHARS),
    description: story.summary,
    inLanguage: story.language,
    datePublished: firstPublished(story),
    dateModified: lastModified(snapshot),
    image: listed(images, imageObject) ?? publisher.logoUrl,
    author: authorsOf(story.authors) ?? organization,
    publisher: organization,
    coverageStartTime: story.coverageStart,
    coverageEndTime: story.status === "ended" ? story.coverageEnd : null,
    about: listed(story.topics, ({ name }) => ({ "@type": "Thing", name })),
    articleBody: background && plainText(background.html),
    liveBlogUpdate: entries.map((entry) => blogPosting(entry, story, organization)),
  });
}

function blogPosting(entry: Entry, story: Story, organization: Organization): BlogPostingLeaf {
  const { url, headline, html, publishedAt, updatedAt, authors, media, corrections, attributions } = entry;
  const articleBody = plainText(html);
  return given<BlogPostingLeaf>({
    "@type": "BlogPosting",
    "@id": url,
    url,
    headline: excerpt(headline ?? articleBody, HEADLINE_CHARS),
    datePublished: publishedAt,
    dateModified: updatedAt ?? publishedAt,
    articleBody,
    inLanguage: entry.language,
    author: authorsOf(authors) ?? authorsOf(story.authors) ?? organization,
    publisher: organization,
    image: listed(media, imageObject),
    citation: listed(attributions, citationOf),
    correction: listed(corrections, ({ text, at }) => ({ "@type": "CorrectionComment", text, datePublished: at })),
  });
}

function citationOf({ source, url }: Attribution) {
  return { "@type": "CreativeWork" as const, name: source, ...(url ? { url } : {}) };
}

function organizationOf({ name, logoUrl }: Publisher, site: string): Organization {
  const logo: ImageObject | null = logoUrl ? { "@type": "ImageObject", url: logoUrl } : null;
  return given<OrganizationLeaf>({ "@type": "Organization", name, url: `${site}/`, logo });
}

function authorsOf(authors: Author[]): Person[] | null {
  return listed(authors, ({ name, url }) => given<PersonLeaf>({ "@type": "Person", name, url }));
}

function imageObject({ url, width, height, caption, credit: creditText }: Image): ImageObject {
  const size = { width: `${width} px`, height: `${height} px` };
  return given<ImageObjectLeaf>({ "@type": "ImageObject", url, ...size, caption, creditText });
}

/** Null where there is nothing to list: an empty list says something else to a machine. */
function listed<T, R>(items: readonly T[], form: (item: T) => R): R[] | null {
  return items.length > 0 ? items.map(form) : null;
}

/** Without the fields that are null. */
function given<T extends object>(fields: { [K in keyof T]: T[K] | null }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as T;
}

/** Readers met the story when coverage started, unless it was announced before. */
function firstPublished({ createdAt, coverageStart }: Story): string {
  return coverageStart < createdAt ? coverageStart : createdAt;
}

function lastModified({ story, entries }: Snapshot): string {
  const times = [story.updatedAt, lastUpdateOf(entries) ?? story.updatedAt];
  return times.sort().at(-1) ?? story.updatedAt;
}
