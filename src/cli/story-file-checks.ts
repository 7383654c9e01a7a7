/** What has to fit together in a story's file, whatever its bodies say. */
type Linked = { seq: number; items: readonly LinkedItem[]; revisions: readonly LinkedRevision[] };
type LinkedItem = { seq: number; firstSeq: number } & (
  | { kind: "story"; body: { pinnedEntryId: string | null } }
  | { kind: "background" }
  | { kind: "entry" | "retraction"; id: string }
);
type LinkedRevision = { entryId: string; seq: number; action: string; body: object | null };

export type Contradiction = { path: Path; message: string };
type Path = (string | number)[];
type Say = (path: Path, message: string) => void;
type Found = { item: LinkedItem; path: Path };

/** What a store relies on: without it, entries would be missing from pages, and texts would be taken for each other. */
export function contradictionsOf({ seq: head, items, revisions }: Linked): Contradiction[] {
  const contradictions: Contradiction[] = [];
  const say: Say = (path, message) => contradictions.push({ path, message });
  const found = findItems(items, say);
  checkStory(found, say);
  checkClock(head, found, revisions, say);
  checkRevisions(found, revisions, say);
  return contradictions;
}

function findItems(items: readonly LinkedItem[], say: Say): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const [index, item] of items.entries()) {
    const name = "id" in item ? item.id : item.kind;
    const path = ["items", index];
    if (found.has(name)) say(path, "is there twice");
    found.set(name, { item, path });
  }
  return found;
}

function checkStory(found: ReadonlyMap<string, Found>, say: Say): void {
  const story = found.get("story");
  if (story?.item.kind !== "story") {
    say(["items"], "lacks the story itself");
    return;
  }
  const { pinnedEntryId } = story.item.body;
  if (pinnedEntryId === null || found.get(pinnedEntryId)?.item.kind === "entry") return;
  say([...story.path, "body", "pinnedEntryId"], "is no entry of this story");
}

function checkClock(
  head: number,
  found: ReadonlyMap<string, Found>,
  revisions: readonly LinkedRevision[],
  say: Say,
): void {
  const owners = new Map<number, string>();
  const claim = (seq: number, owner: string, path: Path) => {
    if (seq > head) say(path, `must be at most ${head}, the seq of the whole`);
    if ((owners.get(seq) ?? owner) !== owner) say(path, "belongs to another item");
    owners.set(seq, owner);
  };
  for (const [name, { item, path }] of found) {
    claim(item.seq, name, [...path, "seq"]);
    claim(item.firstSeq, name, [...path, "firstSeq"]);
    if (item.firstSeq > item.seq) say([...path, "firstSeq"], "must be at most seq");
  }
  for (const [index, { entryId, seq }] of revisions.entries()) claim(seq, entryId, ["revisions", index, "seq"]);
}

function checkRevisions(found: ReadonlyMap<string, Found>, revisions: readonly LinkedRevision[], say: Say): void {
  const told = new Set<number>();
  const complete = new Set<string>();
  for (const [index, { entryId, seq, action, body }] of revisions.entries()) {
    const path = ["revisions", index];
    const item = found.get(entryId)?.item;
    if (!item) {
      say([...path, "entryId"], "is no entry of this story");
      continue;
    }
    if (told.has(seq)) say([...path, "seq"], "is there twice");
    told.add(seq);
    if (seq > item.seq) say([...path, "seq"], "is later than the entry");
    const retracted = item.kind === "retraction";
    if (retracted && body !== null) say([...path, "body"], "must be null, as the entry was retracted");
    else if (seq === item.seq && body !== null) say([...path, "body"], "must be null, as the entry itself has it");
    if (seq < item.seq && action === "retract") say([...path, "action"], "must be the last of the entry");
    if (seq === item.seq && retracted === (action === "retract")) complete.add(entryId);
  }
  for (const [name, { item, path }] of found) {
    if ("id" in item && !complete.has(name)) say(path, "has no revision with its seq");
  }
}
