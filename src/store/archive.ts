import type { Access } from "../protocol/access.ts";
import type { PlacedText } from "./placement.ts";
import type { Holder, RevisionRecord } from "./records.ts";

/** Whole stories, for backups and for moving between stores. */
export interface StoryArchives {
  /** Everything of one moment. @returns null when there is no such story, or not any more. */
  exportStory(slug: string): Promise<StoryArchive | null>;

  /**
   * Entirely or not at all. Ids, seqs, revisions and times stay; the epoch and the head's tag are new, so that a
   * position from where the story was before cannot be resumed. Nothing is announced: nobody can follow a story that
   * is not there. Resolved means durable. [S1] [S3] [S4]
   *
   * @param archive consistent: see {@link StoryArchive}.
   * @returns `taken` when there is, or was, a story with this slug; then nothing has changed.
   */
  importStory(archive: StoryArchive): Promise<"imported" | "taken">;
}

/**
 * All that a store keeps of a story, without its history and without what was answered under idempotency keys. No seq is
 * above the head's, and none belongs to two items.
 */
export type StoryArchive = {
  slug: string;
  /** The head's. */
  seq: number;
  /** Time of the latest commit. */
  changedAt: string;
  access: Access;
  /** Each in its present form, tombstones too, ascending by seq. The story's fields are one of them. */
  items: PlacedText[];
  /** Of all entries and tombstones, ascending by seq. */
  revisions: ArchivedRevision[];
};

/**
 * One step of an entry. `body` and `markdown` are of earlier revisions only, and null where those were erased; what the
 * entry's present revision says stands in the item with its seq.
 */
export type ArchivedRevision = Omit<RevisionRecord, "content" | "by"> & {
  item: string;
  seq: number;
  by: Holder;
  body: string | null;
  markdown: string | null;
};
