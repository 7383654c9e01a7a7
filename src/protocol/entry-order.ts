import type { Entry } from "./shapes.ts";

/** What an entry is sorted by. Neither part ever changes, so an entry never moves. */
export type EntryKey = Pick<Entry, "publishedAt" | "firstSeq">;

/** Newest first; entries of the same millisecond by their first seq. ISO times of one form compare as text. */
export function compareEntries(a: EntryKey, b: EntryKey): number {
  if (a.publishedAt !== b.publishedAt) return a.publishedAt < b.publishedAt ? 1 : -1;
  return b.firstSeq - a.firstSeq;
}

/** Where `key` stands, or would stand, in `entries` sorted newest first. */
export function indexInOrder(entries: readonly EntryKey[], key: EntryKey): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = entries[middle];
    if (there && compareEntries(there, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The cursor that asks for what sorts below `key`: milliseconds since 1970 and first seq, in base 36. */
export function formatCursor({ publishedAt, firstSeq }: EntryKey): string {
  return `${Date.parse(publishedAt).toString(36)}-${firstSeq.toString(36)}`;
}

const CURSOR = /^([0-9a-z]{1,10})-([0-9a-z]{1,11})$/;

/** @returns the key, or null when `text` is no cursor. */
export function parseCursor(text: string): EntryKey | null {
  const [, milliseconds, firstSeq] = CURSOR.exec(text) ?? [];
  if (!milliseconds || !firstSeq) return null;
  const key = { at: Number.parseInt(milliseconds, 36), firstSeq: Number.parseInt(firstSeq, 36) };
  if (key.at > 253_402_300_799_999 || !Number.isSafeInteger(key.firstSeq)) return null;
  return { publishedAt: new Date(key.at).toISOString(), firstSeq: key.firstSeq };
}
