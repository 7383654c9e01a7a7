import { compareEntries } from "../../protocol/entry-order.ts";
import type { Timeline } from "../../protocol/timeline.ts";

export type EntryNews = { published: string[]; revised: string[]; retracted: string[] };

/** What has become of the entries between two states of a story. */
export function entryNews(before: Timeline, after: Timeline): EntryNews {
  const known = new Map(before.entries.map((entry) => [entry.id, entry]));
  const news: EntryNews = { published: [], revised: [], retracted: [] };
  // A story that was restored from a backup counts anew.
  const startSeq = after.epoch === before.epoch ? before.seq : 0;
  for (const { id, seq, firstSeq } of after.entries) {
    const held = known.get(id);
    if (held && held.seq !== seq) news.revised.push(id);
    if (!held && firstSeq > startSeq) news.published.push(id);
  }
  const still = new Set(after.entries.map(({ id }) => id));
  const last = after.entries.at(-1);
  for (const entry of before.entries) {
    // Taken anew, a story may say nothing of what lies below its window.
    const isToldOf = after.older === null || (last !== undefined && compareEntries(entry, last) <= 0);
    if (!still.has(entry.id) && isToldOf) news.retracted.push(entry.id);
  }
  return news;
}
