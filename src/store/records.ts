import type { Background, Entry, Story, Tombstone } from "../protocol/shapes.ts";

/**
 * What stores keep and announce: the public shapes without their addresses, which depend on where the service is
 * reached and not on what was committed.
 */
export type StoredStory = Omit<Story, "url">;
export type StoredEntry = Omit<Entry, "url">;
export type StoredChange = { seq: number; at: string } & (
  | { kind: "entry"; entry: StoredEntry }
  | { kind: "retraction"; tombstone: Tombstone }
  | { kind: "story"; story: StoredStory }
  | { kind: "background"; background: Background | null }
);

/** Names one item of a story: its fields, its background, or an entry by its id (a UUID, so the three never collide). */
export type ItemKey = "story" | "background" | (string & {});

/** One item with what only editors see. */
export type StoredItem =
  | { kind: "story"; seq: number; story: StoredStory; allowedOrigins: string[] }
  | { kind: "background"; seq: number; background: Background | null; markdown: string | null }
  | { kind: "entry"; seq: number; entry: StoredEntry; markdown: string }
  | { kind: "retraction"; seq: number; tombstone: Tombstone };

/** What a caller says of an item; the store adds seq, revision and times by its own clock in the commit. */
export type StoryBody = Omit<StoredStory, "seq" | "createdAt" | "updatedAt">;
export type EntryBody = Omit<StoredEntry, "seq" | "firstSeq" | "revision" | "publishedAt" | "updatedAt">;

export type RevisionRecord = {
  /** The revision that this step made; a retraction makes none and carries the last. */
  revision: number;
  action: "publish" | "revise" | "retract";
  at: string;
  /** Who did it: the id and the name of the key. */
  by: Holder;
  /** null once the entry was retracted or this revision erased. */
  content: (EntryBody & { markdown: string }) | null;
};

/** Who holds an API key: what revision records and audit lines name. */
export type Holder = { id: string; name: string };
