import type { Position } from "../protocol/position.ts";
import type { ItemKey, RevisionRecord, StoredItem } from "./records.ts";
import type { Remembered } from "./timeline-store.ts";

/** What editorial decisions are based on: the store's own state, never a feed's. */
export interface StoryRecords {
  /** The named items as they are now, with what only editors see; unknown ones are left out. */
  read(slug: string, want: Want): Promise<StoryRecord | "removed" | null>;

  /** Newest first; empty for an unknown entry. A retracted entry's have no content. */
  revisions(slug: string, entryId: string): Promise<RevisionRecord[]>;

  /**
   * Erases the content of an earlier revision, from the files too. Repeating it changes nothing.
   * @returns `current` when it is the entry's present revision (retract or revise the entry instead).
   */
  eraseRevision(slug: string, entryId: string, revision: number): Promise<"erased" | "current" | "unknown">;
}

export type Want = {
  items: ItemKey[];
  idempotency?: { holderId: string; key: string } | undefined;
};

export type StoryRecord = {
  head: Position;
  items: StoredItem[];
  /** What is remembered under the wanted idempotency key. */
  remembered: Remembered | null;
};
