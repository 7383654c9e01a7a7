import { compareEntries, type EntryKey } from "../protocol/entry-order.ts";
import { PAGE_LIMIT_MAX } from "../protocol/limits.ts";
import type { Change, Entry } from "../protocol/shapes.ts";
import { isKeyEntry, type Timeline } from "../protocol/timeline.ts";
import { readPage, type StoryPlace } from "./pages.ts";

/**
 * What the newsroom marked as more than an update, over the whole story. A story that outgrew the window is read through
 * once, when its key entries are first asked for; after that, announcements keep them true.
 */
export class KeyEntries {
  readonly #place: StoryPlace;
  readonly #timeline: () => Timeline;
  #all: Promise<Map<string, Entry>> | null = null;

  /** @param timeline yields the present one. */
  constructor(place: StoryPlace, timeline: () => Timeline) {
    this.#place = place;
    this.#timeline = timeline;
  }

  /** Newest first; not `isWhole` while the store cannot be read through: then those in memory alone. */
  async read(): Promise<{ entries: Entry[]; isWhole: boolean }> {
    const timeline = this.#timeline();
    const inMemory = timeline.entries.filter(isKeyEntry);
    if (timeline.older === null) return { entries: inMemory, isWhole: true };
    this.#all ??= this.#collect(timeline);
    const all = await this.#all.catch(() => null);
    if (all === null) return { entries: inMemory, isWhole: false };
    return { entries: [...all.values()].sort(compareEntries), isWhole: true };
  }

  take(changes: readonly Change[]): void {
    // Also while the story is still being read through: what was read then may be older than these.
    this.#all?.then((all) => apply(all, changes)).catch(() => {});
  }

  /** The history was replaced. */
  forget(): void {
    this.#all = null;
  }

  #collect(timeline: Timeline): Promise<Map<string, Entry>> {
    const collecting = this.#readThrough(timeline);
    collecting.catch(() => {
      if (this.#all === collecting) this.#all = null;
    });
    return collecting;
  }

  async #readThrough({ entries }: Timeline): Promise<Map<string, Entry>> {
    const all = [...entries];
    let edge: EntryKey | undefined = all.at(-1);
    while (edge) {
      const page = await readPage(this.#place, { below: edge }, PAGE_LIMIT_MAX);
      all.push(...page.entries);
      edge = page.more ? page.entries.at(-1) : undefined;
    }
    return new Map(all.filter(isKeyEntry).map((entry) => [entry.id, entry]));
  }
}

function apply(all: Map<string, Entry>, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.kind === "retraction") all.delete(change.tombstone.id);
    else if (change.kind === "entry" && isKeyEntry(change.entry)) all.set(change.entry.id, change.entry);
    else if (change.kind === "entry") all.delete(change.entry.id);
  }
}
