import { formatCursor } from "../protocol/entry-order.ts";
import { withEntryUrl, withStoryUrl } from "../protocol/links.ts";
import { formatPosition } from "../protocol/position.ts";
import type { Change, Entry, Tombstone } from "../protocol/shapes.ts";
import { fromSnapshot, type Timeline } from "../protocol/timeline.ts";
import type { StoredChange } from "../store/records.ts";
import type { LoadedStory } from "../store/timeline-store.ts";

/** What the store keeps, as the outside world sees it on this site. */
export function presentChange(site: string, slug: string, change: StoredChange): Change {
  if (change.kind === "entry") return { ...change, entry: withEntryUrl(site, slug, change.entry) };
  if (change.kind === "story") return { ...change, story: withStoryUrl(site, change.story) };
  return change;
}

export function presentTimeline(site: string, slug: string, loaded: LoadedStory): Timeline {
  const { head, background, backgroundChange, total } = loaded;
  const entries = loaded.entries.map((entry) => withEntryUrl(site, slug, entry));
  const last = entries.at(-1);
  const older = last && total > entries.length ? formatCursor(last) : null;
  const story = withStoryUrl(site, loaded.story);
  const snapshot = { story, background, entries, total, older, seq: head.seq, position: formatPosition(head) };
  const items = loaded.recent.flatMap((change) => itemOfChange(presentChange(site, slug, change)));
  return fromSnapshot(head.epoch, snapshot, { items, backgroundChange });
}

function itemOfChange(change: Change): (Entry | Tombstone)[] {
  if (change.kind === "entry") return [change.entry];
  return change.kind === "retraction" ? [change.tombstone] : [];
}
