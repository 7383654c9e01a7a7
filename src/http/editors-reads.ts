import type { Desk } from "../editorial/desk.ts";
import type { EditorsEntry } from "../editorial/editors-view.ts";
import type { Principal } from "../editorial/keys.ts";
import { retractedProblem } from "../editorial/stories.ts";
import type { Change, Entry, Snapshot } from "../protocol/shapes.ts";
import { isTombstone } from "../protocol/timeline.ts";

/** What everybody reads, with what only editors see added for those who may edit the story. */

export async function snapshotFor(desk: Desk, principal: Principal | null, snapshot: Snapshot): Promise<Snapshot> {
  const { slug } = snapshot.story;
  const ids = snapshot.entries.map(({ id }) => id);
  const items = await desk.itemsFor(principal, slug, ["story", "background", ...ids]);
  if (!items) return snapshot;
  const entries = snapshot.entries.map((entry) => items.entries.get(entry.id) ?? entry);
  return {
    ...snapshot,
    story: items.story ?? snapshot.story,
    background: items.background,
    // An entry that was retracted a moment ago is a tombstone here already.
    entries: entries.filter((entry): entry is EditorsEntry => !isTombstone(entry)),
  };
}

export async function entryFor(desk: Desk, principal: Principal | null, slug: string, entry: Entry): Promise<Entry> {
  const items = await desk.itemsFor(principal, slug, [entry.id]);
  const own = items?.entries.get(entry.id);
  if (own && isTombstone(own)) throw retractedProblem();
  return own ?? entry;
}

export async function changesFor(
  desk: Desk,
  principal: Principal | null,
  slug: string,
  changes: Change[],
): Promise<Change[]> {
  const ids = changes.flatMap((change) => (change.kind === "entry" ? [change.entry.id] : []));
  const items = await desk.itemsFor(principal, slug, ["story", "background", ...ids]);
  if (!items) return changes;
  return changes.map((change): Change => {
    if (change.kind === "story") return { ...change, story: items.story ?? change.story };
    if (change.kind === "background") return { ...change, background: items.background };
    if (change.kind !== "entry") return change;
    const own = items.entries.get(change.entry.id) ?? change.entry;
    // Withdrawn a moment ago: the source's state is the newer one.
    if (isTombstone(own)) return { kind: "retraction", seq: change.seq, at: own.retractedAt, tombstone: own };
    return { ...change, entry: own };
  });
}
