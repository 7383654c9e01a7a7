import type { Position } from "../../protocol/position.ts";
import type { ItemKey } from "../records.ts";
import { type Database, prepare } from "./statement.ts";

export type PastCommit = {
  tag: string;
  /** The head that it led to; of a commit without changes, the head that it found. */
  head: Position;
  /** The items that it wrote. */
  items: ItemKey[];
};
/** How many of the commits to keep may be too many before they are dropped together. */
const PRUNED_SHARE = 0.05;

type CommitRow = { tag: string; number: number; epoch: string; seq: number; headTag: string; items: string };
type InStory = { slug: string };

/**
 * The last commits of each story: what they answered, for those who ask again, and which tags lead to which seqs. [S7]
 */
export function historyTable(db: Database) {
  const find = prepare<InStory & { tag: string }, CommitRow>(
    db,
    "SELECT epoch, seq, head_tag AS headTag, items FROM commits WHERE slug = :slug AND tag = :tag",
  );
  const add = prepare<InStory & CommitRow>(
    db,
    `INSERT INTO commits (slug, tag, number, epoch, seq, head_tag, items)
     VALUES (:slug, :tag, :number, :epoch, :seq, :headTag, :items)`,
  );
  const prune = prepare<InStory & { number: number }>(
    db,
    "DELETE FROM commits WHERE slug = :slug AND number <= :number",
  );
  const tagAt = prepare<InStory & { epoch: string; seq: number }, { tag: string }>(
    db,
    "SELECT tag FROM commits WHERE slug = :slug AND epoch = :epoch AND seq = :seq AND tag = head_tag",
  );
  const tagsAfter = prepare<InStory & { epoch: string; seq: number }, { seq: number; tag: string }>(
    db,
    `SELECT seq, tag FROM commits WHERE slug = :slug AND epoch = :epoch AND seq > :seq AND tag = head_tag
     ORDER BY seq`,
  );

  return {
    find(slug: string, tag: string): PastCommit | undefined {
      const row = find.first({ slug, tag });
      if (!row) return undefined;
      const { epoch, seq, headTag, items } = row;
      return { tag, head: { epoch, seq, tag: headTag }, items: JSON.parse(items) as ItemKey[] };
    },

    /** @param number see {@link StoryState.commits}; at least as many numbers as `keep` stay. */
    add(slug: string, { tag, head, items }: PastCommit, number: number, keep: number): void {
      const { epoch, seq, tag: headTag } = head;
      add.run({ slug, tag, number, epoch, seq, headTag, items: JSON.stringify(items) });
      // The oldest lie on other pages than the newest, each of which has to be written.
      if (number % Math.ceil(keep * PRUNED_SHARE) === 0) prune.run({ slug, number: number - keep });
    },

    tagAt: (slug: string, epoch: string, seq: number) => tagAt.first({ slug, epoch, seq })?.tag,
    /** Ascending; the head's is the last. */
    tagsAfter: (slug: string, epoch: string, seq: number) => tagsAfter.all({ slug, epoch, seq }),
  };
}
