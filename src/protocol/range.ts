/** `(from, to]`: brings any reader whose seq is at least `from` to `to`. */
export type Range = { from: number; to: number };

/**
 * What a range means to a reader at `seq`:
 * `next` it leads on, `known` it ends at or before the reader, `hole` something in between is missing.
 */
export function judgeRange(seq: number, range: Range): "next" | "known" | "hole" {
  if (seq < range.from) return "hole";
  return range.to <= seq ? "known" : "next";
}

/** Anything that touches one item of a story. Readers move past kinds that they do not know. */
type ItemChange = { seq: number; kind: string; entry?: { id: string }; tombstone?: { id: string } };

/** The item a change touches: an entry and its tombstone are the same item. */
export function itemOf(change: ItemChange): string {
  return change.entry?.id ?? change.tombstone?.id ?? change.kind;
}

/** The latest change of each item, ascending by seq: what is superseded or withdrawn is gone. */
export function collapse<C extends ItemChange>(changes: readonly C[]): C[] {
  const latest = new Map<string, C>();
  for (const change of changes) {
    const held = latest.get(itemOf(change));
    if (!held || held.seq < change.seq) latest.set(itemOf(change), change);
  }
  return [...latest.values()].sort((a, b) => a.seq - b.seq);
}
