import { type EntryKey, formatCursor, indexInOrder } from "../protocol/entry-order.ts";
import { withEntryUrl } from "../protocol/links.ts";
import type { Entry, Tombstone } from "../protocol/shapes.ts";
import type { Timeline } from "../protocol/timeline.ts";
import type { StoryRecords } from "../store/story-records.ts";
import type { TimelineStore } from "../store/timeline-store.ts";

export type FeedStores = { timelines: TimelineStore; records: StoryRecords };
/** Which story, where it is reached, and what keeps it. */
export type StoryPlace = { slug: string; site: string; stores: FeedStores };
export type EntryPage = { entries: Entry[]; older: string | null };

const CACHED_PAGES = 50;

/** What lies below the window of a feed: read from the store, and kept until the story changes. */
export class OlderPages {
  readonly #place: StoryPlace;
  readonly #cache = new Map<string, Promise<EntryPage>>();

  constructor(place: StoryPlace) {
    this.#place = place;
  }

  clear(): void {
    this.#cache.clear();
  }

  async read(timeline: Timeline, before: EntryKey, limit: number): Promise<EntryPage> {
    const start = firstBelow(timeline.entries, before);
    const entries = timeline.entries.slice(start, start + limit);
    const last = entries.at(-1);
    if (start + limit < timeline.entries.length) return { entries, older: last ? formatCursor(last) : null };
    if (timeline.older === null) return { entries, older: null };
    return this.#cached(`${formatCursor(before)} ${limit}`, () => this.#readStore(before, limit));
  }

  async entry(id: string): Promise<Entry | Tombstone | null> {
    const { slug, site, stores } = this.#place;
    const record = await stores.records.read(slug, { items: [id] });
    const [item] = record && record !== "removed" ? record.items : [];
    if (item?.kind === "entry") return withEntryUrl(site, slug, item.entry);
    return item?.kind === "retraction" ? item.tombstone : null;
  }

  #cached(key: string, read: () => Promise<EntryPage>): Promise<EntryPage> {
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    if (this.#cache.size >= CACHED_PAGES) this.#cache.clear();
    const page = read();
    this.#cache.set(key, page);
    page.catch(() => this.#cache.delete(key));
    return page;
  }

  async #readStore(before: EntryKey, limit: number): Promise<EntryPage> {
    const { slug, site, stores } = this.#place;
    const page = await stores.timelines.page(slug, before, limit);
    const last = page.entries.at(-1);
    return {
      entries: page.entries.map((entry) => withEntryUrl(site, slug, entry)),
      older: page.more && last ? formatCursor(last) : null,
    };
  }
}

function firstBelow(entries: readonly EntryKey[], before: EntryKey): number {
  const index = indexInOrder(entries, before);
  const there = entries[index];
  return there?.firstSeq === before.firstSeq && there.publishedAt === before.publishedAt ? index + 1 : index;
}
