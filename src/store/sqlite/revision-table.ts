import type { ArchivedRevision } from "../archive.ts";
import type { Text } from "../placement.ts";
import type { EntryBody, Holder, ItemKey, RevisionRecord } from "../records.ts";
import { type Database, prepare } from "./statement.ts";

type OfEntry = { slug: string; item: ItemKey };
type Step = Omit<RevisionRecord, "by" | "content"> & { seq: number };
type StepRow = OfEntry & Step & { byId: string; byName: string; textId: number | null };

/** Who changed which entry, and what it said then. */
export function revisionTable(db: Database) {
  const add = prepare<StepRow>(
    db,
    `INSERT INTO revisions (slug, item, seq, revision, action, at, by_id, by_name, text_id)
     VALUES (:slug, :item, :seq, :revision, :action, :at, :byId, :byName, :textId)`,
  );
  const list = prepare<OfEntry, Omit<StepRow, "textId"> & Text>(
    db,
    `SELECT r.revision, r.action, r.at, r.by_id AS byId, r.by_name AS byName, t.body, t.markdown
     FROM revisions r LEFT JOIN texts t ON t.id = r.text_id
     WHERE r.slug = :slug AND r.item = :item ORDER BY r.seq DESC`,
  );
  const all = prepare<{ slug: string }, Omit<ArchivedRevision, "by"> & { byId: string; byName: string }>(
    db,
    `SELECT r.item, r.seq, r.revision, r.action, r.at, r.by_id AS byId, r.by_name AS byName, t.body, t.markdown
     FROM revisions r JOIN items i ON i.slug = r.slug AND i.item = r.item
     LEFT JOIN texts t ON t.id = r.text_id AND r.seq <> i.seq
     WHERE r.slug = :slug ORDER BY r.seq`,
  );
  const textOf = prepare<OfEntry & { revision: number }, { textId: number }>(
    db,
    `SELECT text_id AS textId FROM revisions
     WHERE slug = :slug AND item = :item AND revision = :revision AND text_id IS NOT NULL`,
  );

  return {
    add({ slug, item }: OfEntry, { id: byId, name: byName }: Holder, step: Step, textId: number | null): void {
      add.run({ ...{ slug, item, byId, byName, textId }, ...step });
    },

    /** Newest first. */
    list(slug: string, item: ItemKey): RevisionRecord[] {
      return list.all({ slug, item }).map(({ revision, action, at, byId, byName, body, markdown }) => ({
        ...{ revision, action, at, by: { id: byId, name: byName } },
        content: body === null ? null : { ...(JSON.parse(body) as EntryBody), markdown: markdown ?? "" },
      }));
    },

    /** Ascending by seq; what is the present text of an entry is left out. */
    all: (slug: string): ArchivedRevision[] =>
      all.all({ slug }).map(({ byId, byName, ...step }) => ({ ...step, by: { id: byId, name: byName } })),

    /** The id of what a revision said, also when that is erased; undefined for an unknown revision. */
    textOf: (slug: string, item: ItemKey, revision: number) => textOf.first({ slug, item, revision })?.textId,
  };
}
