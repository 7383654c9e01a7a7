import type { ItemKey, StoredItem } from "./records.ts";

/** Where an item stands. */
export type Placement = {
  item: ItemKey;
  kind: StoredItem["kind"];
  seq: number;
  firstSeq: number;
  /** Starts at 1; a retraction keeps the last. */
  revision: number;
  /** `publishedAt` of an entry, `createdAt` of a story. */
  firstAt: string;
  changedAt: string;
};

/** What an item says: JSON of a story's or an entry's body, the background's HTML; null where there is nothing. */
export type Text = { body: string | null; markdown: string | null };

export type PlacedText = Placement & Text;
