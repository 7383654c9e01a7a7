import { Archives } from "./archives.ts";
import { catalogue } from "./catalogue.ts";
import { Committer } from "./committer.ts";
import { keys } from "./keys.ts";
import type { Reads, Writes } from "./messages.ts";
import { Records } from "./records.ts";
import type { Database } from "./statement.ts";
import { storyTables } from "./tables.ts";
import { Timelines } from "./timelines.ts";

/** Every call of the ports, computed on the database. */
export function createEngine(
  db: Database,
  { keepCommits, idempotencyWindowMs }: { keepCommits: number; idempotencyWindowMs: number },
): { reads: Reads; writes: Writes } {
  const tables = storyTables(db, idempotencyWindowMs);
  const timelines = new Timelines(tables);
  const records = new Records(tables);
  const committer = new Committer(tables, keepCommits);
  const archives = new Archives(tables, keepCommits);
  const keyTable = keys(db);
  return {
    reads: {
      load: (slug, limit) => timelines.load(slug, limit),
      changesSince: (slug, position) => timelines.changesSince(slug, position),
      page: (slug, edge, limit) => timelines.page(slug, edge, limit),
      read: (slug, want) => records.read(slug, want),
      revisions: (slug, entryId) => records.revisions(slug, entryId),
      exportStory: (slug) => archives.exportStory(slug),
      ...catalogue(db),
      ...keyTable.reads,
    },
    writes: {
      commit: (slug, commit) => committer.commit(slug, commit),
      renewEpoch: (slug, epoch) => committer.renewEpoch(slug, epoch),
      eraseRevision: (slug, entryId, revision) => records.eraseRevision(slug, entryId, revision),
      importStory: (archive) => archives.importStory(archive),
      ...keyTable.writes,
    },
  };
}
