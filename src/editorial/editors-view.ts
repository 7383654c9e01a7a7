import { withEntryUrl, withStoryUrl } from "../protocol/links.ts";
import { itemOf } from "../protocol/range.ts";
import type { Background, Entry, Story, Tombstone } from "../protocol/shapes.ts";
import type { ItemKey, StoredChange, StoredItem } from "../store/records.ts";
import type { Write } from "../store/timeline-store.ts";

/** What editors see of the items of a story, beyond what everybody sees. */
export type EditorsStory = Story & { allowedOrigins: string[] };
export type EditorsEntry = Entry & { markdown: string };
export type EditorsBackground = Background & { markdown: string };

export type EditorsItems = {
  story: EditorsStory | null;
  background: EditorsBackground | null;
  entries: Map<string, EditorsEntry | Tombstone>;
};

export function editorsItems(site: string, slug: string, items: readonly StoredItem[]): EditorsItems {
  const view: EditorsItems = { story: null, background: null, entries: new Map() };
  for (const item of items) {
    if (item.kind === "story") {
      view.story = { ...withStoryUrl(site, item.story), allowedOrigins: item.allowedOrigins };
    } else if (item.kind === "background") {
      view.background = item.background && { ...item.background, markdown: item.markdown ?? "" };
    } else if (item.kind === "entry") {
      const entry = { ...withEntryUrl(site, slug, item.entry), markdown: item.markdown };
      view.entries.set(entry.id, entry);
    } else {
      view.entries.set(item.tombstone.id, item.tombstone);
    }
  }
  return view;
}

export function keyOf(item: StoredItem): ItemKey {
  if (item.kind === "entry") return item.entry.id;
  return item.kind === "retraction" ? item.tombstone.id : item.kind;
}

/** The items of a commit: the public part as the store made it, the rest as it was written. */
export function committedItems(changes: readonly StoredChange[], writes: readonly Write[]): StoredItem[] {
  return changes.flatMap((change): StoredItem[] => {
    if (change.kind === "retraction") return [change];
    const write = writes.find(
      (candidate) => candidate.kind === change.kind && writtenKey(candidate) === itemOf(change),
    );
    if (change.kind === "story" && write?.kind === "story")
      return [{ ...change, allowedOrigins: write.allowedOrigins }];
    if (change.kind === "background" && write?.kind === "background") return [{ ...change, markdown: write.markdown }];
    if (change.kind === "entry" && write?.kind === "entry") return [{ ...change, markdown: write.markdown }];
    return [];
  });
}

function writtenKey(write: Write): ItemKey {
  return write.kind === "entry" ? write.body.id : write.kind;
}
