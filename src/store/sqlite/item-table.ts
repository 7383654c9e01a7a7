import type { EntryKey } from "../../protocol/entry-order.ts";
import type { PlacedText, Placement, Text } from "../placement.ts";
import type { ItemKey } from "../records.ts";
import { type Database, prepare } from "./statement.ts";

const PLACEMENT = `i.item, i.kind, i.seq, i.first_seq AS firstSeq, i.revision, i.first_at AS firstAt,
  i.changed_at AS changedAt`;
const WITH_TEXT = `SELECT ${PLACEMENT}, t.body, t.markdown FROM items i LEFT JOIN texts t ON t.id = i.text_id`;
/** Readers' forms: without Markdown, which may lie on pages that need not be read then. */
const FOR_READERS = `SELECT ${PLACEMENT}, t.body, NULL AS markdown FROM items i LEFT JOIN texts t ON t.id = i.text_id`;

type InStory = { slug: string };

/** The present form of every item, and all texts that there are. */
export function itemTable(db: Database) {
  const find = prepare<InStory & { item: string }, Placement & { textId: number | null }>(
    db,
    `SELECT ${PLACEMENT}, i.text_id AS textId FROM items i WHERE i.slug = :slug AND i.item = :item`,
  );
  const read = prepare<InStory & { item: string }, PlacedText>(
    db,
    `${WITH_TEXT} WHERE i.slug = :slug AND i.item = :item`,
  );
  const all = prepare<InStory, PlacedText>(db, `${WITH_TEXT} WHERE i.slug = :slug ORDER BY i.seq`);
  const touchedSince = prepare<InStory & { seq: number }, PlacedText>(
    db,
    `${FOR_READERS} WHERE i.slug = :slug AND i.seq > :seq ORDER BY i.seq`,
  );
  const newest = prepare<InStory & { limit: number }, PlacedText>(
    db,
    `${FOR_READERS} WHERE i.slug = :slug AND i.kind = 'entry' ORDER BY i.first_at DESC, i.first_seq DESC LIMIT :limit`,
  );
  const below = prepare<InStory & EntryKey & { limit: number }, PlacedText>(
    db,
    `${FOR_READERS} WHERE i.slug = :slug AND i.kind = 'entry' AND (i.first_at, i.first_seq) < (:publishedAt, :firstSeq)
     ORDER BY i.first_at DESC, i.first_seq DESC LIMIT :limit`,
  );
  const above = prepare<InStory & EntryKey & { limit: number }, PlacedText>(
    db,
    `${FOR_READERS} WHERE i.slug = :slug AND i.kind = 'entry' AND (i.first_at, i.first_seq) > (:publishedAt, :firstSeq)
     ORDER BY i.first_at, i.first_seq LIMIT :limit`,
  );
  const count = prepare<InStory, { entries: number }>(
    db,
    "SELECT count(*) AS entries FROM items WHERE slug = :slug AND kind = 'entry'",
  );
  const place = prepare<InStory & Placement & { textId: number | null }>(
    db,
    `INSERT INTO items (slug, item, kind, seq, first_seq, revision, first_at, changed_at, text_id)
     VALUES (:slug, :item, :kind, :seq, :firstSeq, :revision, :firstAt, :changedAt, :textId)
     ON CONFLICT (slug, item) DO UPDATE SET
       kind = :kind, seq = :seq, revision = :revision, changed_at = :changedAt, text_id = :textId`,
  );
  const addText = prepare<Text>(db, "INSERT INTO texts (body, markdown) VALUES (:body, :markdown)");
  const erase = prepare<{ textId: number }>(db, "UPDATE texts SET body = NULL, markdown = NULL WHERE id = :textId");
  const eraseOfEntry = prepare<InStory & { item: string }>(
    db,
    `UPDATE texts SET body = NULL, markdown = NULL
     WHERE id IN (SELECT text_id FROM revisions WHERE slug = :slug AND item = :item)`,
  );
  const eraseOfStory = prepare<InStory>(
    db,
    `UPDATE texts SET body = NULL, markdown = NULL
     WHERE id IN (SELECT text_id FROM items WHERE slug = :slug UNION SELECT text_id FROM revisions WHERE slug = :slug)`,
  );

  return {
    find: (slug: string, item: ItemKey) => find.first({ slug, item }),
    /** Ascending by seq; unknown ones are left out. */
    read: (slug: string, items: readonly ItemKey[]) =>
      items.flatMap((item) => read.all({ slug, item })).sort((a, b) => a.seq - b.seq),
    /** Ascending by seq. */
    all: (slug: string) => all.all({ slug }),
    touchedSince: (slug: string, seq: number) => touchedSince.all({ slug, seq }),
    newest: (slug: string, limit: number) => newest.all({ slug, limit }),
    below: (slug: string, { publishedAt, firstSeq }: EntryKey, limit: number) =>
      below.all({ slug, publishedAt, firstSeq, limit }),
    /** Oldest first. */
    above: (slug: string, { publishedAt, firstSeq }: EntryKey, limit: number) =>
      above.all({ slug, publishedAt, firstSeq, limit }),
    /** Tombstones not counted. */
    countEntries: (slug: string) => count.first({ slug })?.entries ?? 0,

    /** @returns the id of its text; null when there is none. */
    put(slug: string, { body, markdown, ...placement }: PlacedText): number | null {
      const textId = body === null && markdown === null ? null : addText.run({ body, markdown });
      place.run({ slug, ...placement, textId });
      return textId;
    },

    /** Of an earlier revision. @returns its id. */
    addText: ({ body, markdown }: Text) => addText.run({ body, markdown }),

    /** For good: see the tables. [S6] */
    eraseText: (textId: number) => erase.run({ textId }),
    /** Of all its revisions, the present one is one of them. */
    eraseTextsOfEntry: (slug: string, item: ItemKey) => eraseOfEntry.run({ slug, item }),
    eraseTextsOfStory: (slug: string) => eraseOfStory.run({ slug }),
  };
}
