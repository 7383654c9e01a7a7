import { type EntryKey, formatCursor, indexInOrder } from "../protocol/entry-order.ts";
import { withEntryUrl } from "../protocol/links.ts";
import type { Entry, Tombstone } from "../protocol/shapes.ts";
import type { Timeline } from "../protocol/timeline.ts";
import type { StoryRecords } from "../store/story-records.ts";
import type { PageEdge, TimelineStore } from "../store/timeline-store.ts";

export type FeedStores = { timelines: TimelineStore; records: StoryRecords };
/** Which story, where it is reached, and what keeps it. */
export type StoryPlace = { slug: string; site: string; stores: FeedStores };
export type EntryPage = { entries: Entry[]; older: string | null };

const CACHED_PAGES = 50;

/** The story page by page. What lies below the window of its feed is read from the store, and kept until it changes. */
export class Pages {
  readonly #place: StoryPlace;
  readonly #timeline: () => Timeline;
  readonly #cache = new Map<string, Promise<StorePage>>();

  /** @param timeline yields the present one. */
  constructor(place: StoryPlace, timeline: () => Timeline) {
    this.#place = place;
    this.#timeline = timeline;
  }

  /** The story has changed. */
  forget(): void {
    this.#cache.clear();
  }

  /** Entries that sort below `before`, newest first. */
  async below(before: EntryKey, limit: number): Promise<EntryPage> {
    const timeline = this.#timeline();
    const start = firstBelow(timeline.entries, before);
    const entries = timeline.entries.slice(start, start + limit);
    const last = entries.at(-1);
    if (start + limit < timeline.entries.length) return { entries, older: last ? formatCursor(last) : null };
    if (timeline.older === null) return { entries, older: null };
    const page = await this.#readStore({ below: before }, limit);
    const oldest = page.entries.at(-1);
    return { entries: page.entries, older: page.more && oldest ? formatCursor(oldest) : null };
  }

  /** The cursor of the page above the one that begins with `first`; null when that is the newest page. */
  async cursorAbove(first: EntryKey, limit: number): Promise<string | null> {
    const timeline = this.#timeline();
    const index = indexInOrder(timeline.entries, first);
    const isBelowWindow = index === timeline.entries.length && timeline.older !== null;
    const above = isBelowWindow
      ? (await this.#readStore({ above: first }, limit + 1)).entries
      : timeline.entries.slice(Math.max(0, index - limit - 1), index);
    const [edge] = above;
    return edge && above.length > limit ? formatCursor(edge) : null;
  }

  async entry(id: string): Promise<Entry | Tombstone | null> {
    return this.#timeline().merging.items.get(id) ?? this.#storedEntry(id);
  }

  async #storedEntry(id: string): Promise<Entry | Tombstone | null> {
    const { slug, site, stores } = this.#place;
    const record = await stores.records.read(slug, { items: [id] });
    const [item] = record && record !== "removed" ? record.items : [];
    if (item?.kind === "entry") return withEntryUrl(site, slug, item.entry);
    return item?.kind === "retraction" ? item.tombstone : null;
  }

  #readStore(edge: PageEdge, limit: number): Promise<StorePage> {
    const key = `${JSON.stringify(edge)} ${limit}`;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    if (this.#cache.size >= CACHED_PAGES) this.#cache.clear();
    const page = readPage(this.#place, edge, limit);
    this.#cache.set(key, page);
    page.catch(() => this.#cache.delete(key));
    return page;
  }
}

type StorePage = { entries: Entry[]; more: boolean };

export async function readPage(place: StoryPlace, edge: PageEdge, limit: number): Promise<StorePage> {
  const { slug, site, stores } = place;
  const { entries, more } = await stores.timelines.page(slug, edge, limit);
  return { entries: entries.map((entry) => withEntryUrl(site, slug, entry)), more };
}

function firstBelow(entries: readonly EntryKey[], before: EntryKey): number {
  const index = indexInOrder(entries, before);
  const there = entries[index];
  return there?.firstSeq === before.firstSeq && there.publishedAt === before.publishedAt ? index + 1 : index;
}
