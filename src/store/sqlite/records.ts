import type { RevisionRecord } from "../records.ts";
import { toItem } from "../stored-forms.ts";
import type { StoryRecord, Want } from "../story-records.ts";
import type { Written } from "./committer.ts";
import type { Tables } from "./tables.ts";

/** `StoryRecords`, each call within a transaction of its caller. */
export class Records {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  read(slug: string, { items: keys, idempotency }: Want): StoryRecord | "removed" | null {
    const { stories, items, remembered } = this.#tables;
    const state = stories.find(slug);
    if (!state) return stories.findRemoved(slug) ? "removed" : null;
    const { head, access } = state;
    const scope = idempotency && { slug, holder: idempotency.holderId, key: idempotency.key };
    return {
      head,
      items: items.read(slug, keys).map((row) => toItem(row, access.allowedOrigins)),
      remembered: scope ? remembered.find(scope, Date.now()) : null,
    };
  }

  revisions(slug: string, entryId: string): RevisionRecord[] {
    return this.#tables.revisions.list(slug, entryId);
  }

  eraseRevision(slug: string, entryId: string, revision: number): Written<"erased" | "current" | "unknown"> {
    const { items, revisions } = this.#tables;
    const textId = revisions.textOf(slug, entryId, revision);
    if (textId === undefined) return { value: "unknown" };
    if (items.find(slug, entryId)?.textId === textId) return { value: "current" };
    items.eraseText(textId);
    return { value: "erased", erases: true };
  }
}
