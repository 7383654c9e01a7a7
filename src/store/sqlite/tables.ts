import { historyTable } from "./history-table.ts";
import { itemTable } from "./item-table.ts";
import { rememberedTable } from "./remembered-table.ts";
import { revisionTable } from "./revision-table.ts";
import type { Database } from "./statement.ts";
import { storyTable } from "./story-table.ts";

/** The tables of the stories, with every statement prepared. */
export function storyTables(db: Database, idempotencyWindowMs: number) {
  return {
    stories: storyTable(db),
    items: itemTable(db),
    history: historyTable(db),
    remembered: rememberedTable(db, idempotencyWindowMs),
    revisions: revisionTable(db),
  };
}

export type Tables = ReturnType<typeof storyTables>;
