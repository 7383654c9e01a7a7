import type { Access } from "../protocol/access.ts";
import type { EntryKey } from "../protocol/entry-order.ts";
import type { Position } from "../protocol/position.ts";
import type { Background } from "../protocol/shapes.ts";
import type { EntryBody, Holder, ItemKey, StoredChange, StoredEntry, StoredStory, StoryBody } from "./records.ts";

/**
 * Where stories live. Slugs are independent of each other. Every method may reject with {@link StoreUnavailable}, and
 * then nothing is promised. A removed story is known by its slug alone.
 */
export interface TimelineStore {
  /** The newest `limit` entries and all that a feed needs to answer for the last 1,000 commits. */
  load(slug: string, limit: number): Promise<LoadedStory | "removed" | null>;

  /**
   * Each item touched since `position`, once, in latest form, ascending by seq. `reset` when the position is of another
   * epoch, ahead of the head, older than the tags kept, or its tag is not the store's at that seq. [S4]
   */
  changesSince(slug: string, position: Position): Promise<StoredChanges | "reset">;

  /** At most `limit` entries, those nearest to the edge, newest first. */
  page(slug: string, edge: PageEdge, limit: number): Promise<StoredPage>;

  /**
   * Everything of a commit happens together or not at all, and is announced: idempotency, guards, seqs, writes,
   * revision records. Resolved means durable. Commits of one story take effect one after the other; committing the same
   * tag again yields the first result. [S1] [S2] [S3] [S5]
   *
   * A retraction or a removal is done only when no content of the item is left in any read, revision or file. [S6]
   */
  commit(slug: string, commit: Commit): Promise<CommitResult>;

  /**
   * Starts a new epoch if `epoch` is still the story's: its history turned out to have gone back or aside. Announced.
   * @returns the head after it, or null when there is no such story. [S7]
   */
  renewEpoch(slug: string, epoch: string): Promise<Position | null>;

  /** Waits for what is under way. Safe to call twice; every other call rejects afterwards. */
  close(): Promise<void>;
}

/** What sorts below the key, or above it; without the entry that has it. */
export type PageEdge = { below: EntryKey } | { above: EntryKey };

/** Read at `seq`. `more`: whether the story goes on beyond, away from the edge. */
export type StoredPage = { seq: number; entries: StoredEntry[]; more: boolean };

export type LoadedStory = {
  head: Position;
  story: StoredStory;
  access: Access;
  background: Background | null;
  /** The background's latest change, also when that removed it; seq 0 when there never was one. */
  backgroundChange: { seq: number; at: string };
  /** Newest first. */
  entries: StoredEntry[];
  /** All entries, tombstones not counted. */
  total: number;
  /** The tags of the last commits by their last seq, ascending; the head's is the last. */
  tags: { seq: number; tag: string }[];
  /** Entries and tombstones touched after the first of `tags`, as far as `entries` lacks them. */
  recent: StoredChange[];
};

export type StoredChanges = {
  from: number;
  head: Position;
  access: Access;
  changes: StoredChange[];
  /** The tags of the commits in between by their last seq, ascending; the head's is the last. */
  tags: { seq: number; tag: string }[];
};

export type Commit = {
  /** Random; names this very commit in the story's history. */
  tag: string;
  /** The seqs of items that the decision was based on; 0 for an item that must not exist. A mismatch is a conflict. */
  guards: { item: ItemKey; seq: number }[];
  /** Each one change with its own seq, in this order. None: the commit only remembers, and the head stays. */
  writes: Write[];
  by: Holder;
  /** Remembers the answer under the key, or yields what was remembered. */
  idempotency?: { key: string; bodyHash: string; ids: string[] } | undefined;
  /** Milliseconds since 1970. The store does nothing for a commit that it takes up later than this. */
  expiresAt: number;
};

export type Write =
  | { kind: "story"; body: StoryBody; allowedOrigins: string[] }
  | { kind: "background"; html: string | null; markdown: string | null }
  /** `publishedAt` for imports of the past only; of an entry that is there it changes nothing. */
  | { kind: "entry"; body: EntryBody; markdown: string; publishedAt?: string | undefined }
  | { kind: "retraction"; id: string }
  /** The whole story, for good. Makes no change and no seq; must be the only write. */
  | { kind: "removal" };

export type CommitResult =
  | { outcome: "done"; head: Position; changes: StoredChange[] }
  | { outcome: "repeat"; remembered: Remembered }
  | { outcome: "conflict" };

/** Nothing of the content: only what it takes to answer a repeat. */
export type Remembered = { bodyHash: string; ids: string[]; head: Position };

/** The store does not answer, or not in time: the command may or may not have happened. */
export class StoreUnavailable extends Error {
  override name = "StoreUnavailable";
}
