import type { PlacedText, Placement } from "../placement.ts";
import type { ItemKey } from "../records.ts";
import type { Commit, Write } from "../timeline-store.ts";

/** The items that a commit looks at or writes; the story's own fields tell whether there is a story. */
export function itemsOf({ guards, writes }: Commit): Set<ItemKey> {
  const written = writes.filter((write) => write.kind !== "removal").map(itemOf);
  return new Set(["story", ...guards.map(({ item }) => item), ...written]);
}

export function guardsHold({ guards }: Commit, held: ReadonlyMap<ItemKey, Placement>): boolean {
  return guards.every(({ item, seq }) => (held.get(item)?.seq ?? 0) === seq);
}

/**
 * What the writes make of the items: each one change with its own seq, in their order.
 *
 * @param held where the items stand now.
 * @param at time of the commit.
 * @returns `conflict` when one of them cannot be: there is no such story, or what it writes to was retracted.
 */
export function planWrites(
  writes: readonly Write[],
  held: ReadonlyMap<ItemKey, Placement>,
  headSeq: number,
  at: string,
): PlacedText[] | "conflict" {
  const items = new Map(held);
  const steps: PlacedText[] = [];
  for (const write of writes) {
    if (write.kind === "removal") throw new Error("A removal must be the only write of its commit.");
    const item = itemOf(write);
    const step = planWrite(write, item, items.get(item), headSeq + steps.length + 1, at);
    if (!step) return "conflict";
    items.set(step.item, step);
    steps.push(step);
  }
  return items.has("story") ? steps : "conflict";
}

function planWrite(
  write: ItemWrite,
  item: ItemKey,
  held: Placement | undefined,
  seq: number,
  at: string,
): PlacedText | null {
  const { firstSeq, firstAt, revision } = held ?? { firstSeq: seq, firstAt: at, revision: 0 };
  const next = { item, seq, firstSeq, firstAt, revision: revision + 1, changedAt: at };
  switch (write.kind) {
    case "story":
      return { ...next, kind: "story", body: JSON.stringify(write.body), markdown: null };
    case "background":
      return { ...next, kind: "background", body: write.html, markdown: write.markdown };
    case "entry": {
      if (held?.kind === "retraction") return null;
      const publishedAt = held ? firstAt : (write.publishedAt ?? at);
      const { body, markdown } = write;
      const changedAt = held ? at : publishedAt;
      return { ...next, kind: "entry", firstAt: publishedAt, changedAt, body: JSON.stringify(body), markdown };
    }
    case "retraction":
      return held?.kind === "entry" ? { ...next, kind: "retraction", revision, body: null, markdown: null } : null;
  }
}

type ItemWrite = Exclude<Write, { kind: "removal" }>;

function itemOf(write: ItemWrite): ItemKey {
  if (write.kind === "entry") return write.body.id;
  return write.kind === "retraction" ? write.id : write.kind;
}
