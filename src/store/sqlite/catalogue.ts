import type { Catalogue, CataloguePage, CatalogueQuery } from "../catalogue.ts";
import type { PlacedText } from "../placement.ts";
import { toStory } from "../stored-forms.ts";
import type { Calls } from "./messages.ts";
import { type Database, prepare } from "./statement.ts";

type Listed = PlacedText & { slug: string; changedAt: string; storyChangedAt: string; allowedOrigins: string };

/** `CROSS JOIN` keeps the order of the tables: along the latest changes, and no further than the limit. */
export function catalogue(db: Database): Calls<Catalogue> {
  const list = prepare<
    { statuses: string; topic: string | null; afterChange: string | null; afterSlug: string | null; limit: number },
    Listed
  >(
    db,
    `SELECT s.slug, s.changed_at AS storyChangedAt, s.allowed_origins AS allowedOrigins, i.item, i.kind, i.seq,
       i.first_seq AS firstSeq, i.revision, i.first_at AS firstAt, i.changed_at AS changedAt, t.body, t.markdown
     FROM stories s
     CROSS JOIN items i ON i.slug = s.slug AND i.item = 'story'
     CROSS JOIN texts t ON t.id = i.text_id
     WHERE s.status IN (SELECT value FROM json_each(:statuses))
       AND (:topic IS NULL OR EXISTS (SELECT 1 FROM story_topics WHERE slug = s.slug AND topic = :topic))
       AND (:afterChange IS NULL OR s.changed_at < :afterChange
         OR (s.changed_at = :afterChange AND s.slug > :afterSlug))
     ORDER BY s.changed_at DESC, s.slug LIMIT :limit`,
  );

  return {
    list({ statuses, topic, limit, cursor }: CatalogueQuery): CataloguePage {
      const rows = list.all({
        ...{ topic: topic ?? null, limit: limit + 1 },
        statuses: JSON.stringify(statuses),
        afterChange: cursor?.changedAt ?? null,
        afterSlug: cursor?.slug ?? null,
      });
      const listed = rows.slice(0, limit);
      const last = listed.at(-1);
      return {
        stories: listed.map((row) => ({
          story: toStory(row),
          allowedOrigins: JSON.parse(row.allowedOrigins) as string[],
          changedAt: row.storyChangedAt,
        })),
        next: last && rows.length > limit ? { changedAt: last.storyChangedAt, slug: last.slug } : null,
      };
    },
  };
}
