/**
 * The public shapes of a story and of everything that happens to it. Times are ISO 8601 in UTC with milliseconds; URLs
 * are absolute http(s) URLs; `html` is made from Markdown by the service and safe to insert.
 */

export type StoryStatus = "draft" | "scheduled" | "live" | "paused" | "ended";
export type Importance = "normal" | "key" | "breaking";
export type Direction = "ltr" | "rtl";

export type Author = { name: string; url: string | null };
export type Topic = { slug: string; name: string };
export type Image = {
  url: string;
  alt: string;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  caption: string | null;
  credit: string | null;
};
export type Attribution = { source: string; url: string | null; status: "reported" | "confirmed" | "disputed" };
export type Correction = { text: string; at: string };

export type Story = {
  /** Immutable; see {@link isSlug}. */
  slug: string;
  /** The latest change of these fields. Publishing an entry does not touch them. */
  seq: number;
  headline: string;
  summary: string | null;
  status: StoryStatus;
  /** IANA name, e.g. `America/Chicago`. */
  timeZone: string;
  /** BCP 47. */
  language: string;
  direction: Direction;
  topics: Topic[];
  authors: Author[];
  image: Image | null;
  pinnedEntryId: string | null;
  coverageStart: string;
  /** Set when the story ends, null again when it is reopened. */
  coverageEnd: string | null;
  createdAt: string;
  updatedAt: string;
  url: string;
};

export type Entry = {
  /** UUIDv7. */
  id: string;
  seq: number;
  firstSeq: number;
  /** Starts at 1. */
  revision: number;
  label: string;
  importance: Importance;
  headline: string | null;
  html: string;
  attributions: Attribution[];
  authors: Author[];
  media: Image[];
  /** Public correction notes, oldest first. */
  corrections: Correction[];
  language: string | null;
  /** Set by the store's clock in the commit, never changes. */
  publishedAt: string;
  /** Time of the last revision; null before the first. */
  updatedAt: string | null;
  url: string;
};

/** What is left of a retracted entry: that it was there, and nothing of what it said. */
export type Tombstone = { id: string; seq: number; firstSeq: number; retracted: true; retractedAt: string };

/** The original article, from Markdown. */
export type Background = { seq: number; html: string };

/** One accepted step of one item of a story. */
export type Change = { seq: number; at: string } & (
  | { kind: "entry"; entry: Entry }
  | { kind: "retraction"; tombstone: Tombstone }
  | { kind: "story"; story: Story }
  | { kind: "background"; background: Background | null }
);

export type Snapshot = {
  story: Story;
  background: Background | null;
  /** Newest first. */
  entries: Entry[];
  /** All entries of the story, tombstones not counted. */
  total: number;
  /** Cursor of the next older page, null when there is none. */
  older: string | null;
  seq: number;
  position: string;
};

/** Brings any reader whose seq is at least `from` to `to`. Ascending by seq; each item once, in its latest form. */
export type Changes = { from: number; to: number; changes: Change[]; position: string };

/** Any of the fields; what is left out stays as it is. */
type Patch<T> = { [K in keyof T]?: T[K] | undefined };

export type StoryDraft = {
  slug: string;
  headline: string;
  timeZone: string;
  status?: StoryStatus | undefined;
  summary?: string | null | undefined;
  background?: { markdown: string } | null | undefined;
  language?: string | undefined;
  topics?: Topic[] | undefined;
  authors?: Author[] | undefined;
  image?: Image | null | undefined;
  coverageStart?: string | undefined;
  /** Web origins whose pages may show the story; empty means any. */
  allowedOrigins?: string[] | undefined;
};
export type StoryPatch = Patch<Omit<StoryDraft, "slug">>;

export type EntryDraft = {
  markdown: string;
  headline?: string | null | undefined;
  label?: string | undefined;
  importance?: Importance | undefined;
  attributions?: Attribution[] | undefined;
  authors?: Author[] | undefined;
  media?: Image[] | undefined;
  language?: string | null | undefined;
  /** Past only, for imports. */
  publishedAt?: string | undefined;
};
export type EntryPatch = Patch<Omit<EntryDraft, "publishedAt">> & {
  /** Appends a public correction note. */
  correction?: string | undefined;
};
