import type { Access } from "../../protocol/access.ts";
import type { Position } from "../../protocol/position.ts";
import type { StoryStatus, Topic } from "../../protocol/shapes.ts";
import { type Database, prepare } from "./statement.ts";

export type StoryState = {
  slug: string;
  head: Position;
  /** How many commits and renewals led to the head; what is kept of the history is counted by it. */
  commits: number;
  /** Time of the latest commit. */
  changedAt: string;
  access: Access;
};

export type RemovedStory = { head: Position; removalTag: string };

type StoryRow = Position & { commits: number; changedAt: string; status: StoryStatus; allowedOrigins: string };

/** One row a story: its head, and what decides who may read it. */
export function storyTable(db: Database) {
  const find = prepare<{ slug: string }, StoryRow>(
    db,
    `SELECT epoch, seq, tag, commits, changed_at AS changedAt, status, allowed_origins AS allowedOrigins
     FROM stories WHERE slug = :slug`,
  );
  const save = prepare<StoryRow & { slug: string }>(
    db,
    `INSERT INTO stories (slug, epoch, seq, tag, commits, changed_at, status, allowed_origins)
     VALUES (:slug, :epoch, :seq, :tag, :commits, :changedAt, :status, :allowedOrigins)
     ON CONFLICT (slug) DO UPDATE SET epoch = :epoch, seq = :seq, tag = :tag, commits = :commits,
       changed_at = :changedAt, status = :status, allowed_origins = :allowedOrigins`,
  );
  const dropTopics = prepare<{ slug: string }>(db, "DELETE FROM story_topics WHERE slug = :slug");
  const addTopics = prepare<{ slug: string; topics: string }>(
    db,
    "INSERT OR IGNORE INTO story_topics (slug, topic) SELECT :slug, value FROM json_each(:topics)",
  );
  const findRemoved = prepare<{ slug: string }, Position & { removalTag: string }>(
    db,
    "SELECT epoch, seq, tag, removal_tag AS removalTag FROM removed_stories WHERE slug = :slug",
  );
  const drop = prepare<{ slug: string }>(db, "DELETE FROM stories WHERE slug = :slug");
  const addRemoved = prepare<Position & { slug: string; removalTag: string }>(
    db,
    `INSERT INTO removed_stories (slug, epoch, seq, tag, removal_tag)
     VALUES (:slug, :epoch, :seq, :tag, :removalTag)`,
  );

  return {
    find(slug: string): StoryState | undefined {
      const row = find.first({ slug });
      if (!row) return undefined;
      const { epoch, seq, tag, commits, changedAt, status, allowedOrigins } = row;
      const access = { status, allowedOrigins: JSON.parse(allowedOrigins) as string[] };
      return { slug, head: { epoch, seq, tag }, commits, changedAt, access };
    },

    save({ slug, head, commits, changedAt, access: { status, allowedOrigins } }: StoryState): void {
      save.run({ ...{ slug, ...head, commits, changedAt, status }, allowedOrigins: JSON.stringify(allowedOrigins) });
    },

    saveTopics(slug: string, topics: readonly Topic[]): void {
      dropTopics.run({ slug });
      addTopics.run({ slug, topics: JSON.stringify(topics.map((topic) => topic.slug)) });
    },

    findRemoved(slug: string): RemovedStory | undefined {
      const row = findRemoved.first({ slug });
      if (!row) return undefined;
      const { removalTag, ...head } = row;
      return { head, removalTag };
    },

    /** Takes every row of the story with it; only that it was there, and its last head, is known from then on. */
    remove({ slug, head }: StoryState, removalTag: string): void {
      drop.run({ slug });
      addRemoved.run({ slug, ...head, removalTag });
    },
  };
}
