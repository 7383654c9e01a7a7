import assert from "node:assert/strict";
import fc from "fast-check";
import { v7 as uuidv7 } from "uuid";
import { compareEntries } from "../../src/protocol/entry-order.ts";
import type { Position } from "../../src/protocol/position.ts";
import type { ItemKey, StoredChange, StoredEntry } from "../../src/store/records.ts";
import type { Write } from "../../src/store/timeline-store.ts";
import { backgroundWrite, type Desk, entryWrite, storyWrite, textOf } from "./store-desk.ts";

type Edit =
  | { kind: "publish" }
  /** Of the nth entry that is there, counted round. */
  | { kind: "revise" | "retract"; nth: number }
  | { kind: "patch" }
  | { kind: "background"; there: boolean };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Edit>({ kind: "publish" }) },
  { weight: 3, arbitrary: fc.nat(20).map((nth): Edit => ({ kind: "revise", nth })) },
  { weight: 2, arbitrary: fc.nat(20).map((nth): Edit => ({ kind: "retract", nth })) },
  { weight: 1, arbitrary: fc.constant<Edit>({ kind: "patch" }) },
  { weight: 1, arbitrary: fc.boolean().map((there): Edit => ({ kind: "background", there })) },
);

/** Commits of one to three edits each. */
export const storyEdits = fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 14 });

/** What a story must look like after some commits: per item, what the last of them said. */
export class StoryModel {
  readonly #desk: Desk;
  readonly #latest = new Map<ItemKey, StoredChange>();
  readonly #texts = new Map<ItemKey, string>();
  #edits = 0;
  /** The heads that readers may have stopped at. */
  readonly positions: Position[] = [];

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get slug(): string {
    return this.#desk.slug;
  }

  async carryOut(edits: Edit[]): Promise<void> {
    const writes = edits.map((one) => this.#writeFor(one));
    const { head, changes } = await this.#desk.commit(writes);
    const from = this.positions.at(-1)?.seq ?? 1;
    assert.equal(head.seq, from + writes.length);
    for (const change of changes) this.#latest.set(itemOf(change), change);
    this.positions.push(head);
  }

  since(seq: number): StoredChange[] {
    return [...this.#latest.values()].filter((change) => change.seq > seq).sort((a, b) => a.seq - b.seq);
  }

  /** Newest first. */
  entries(): StoredEntry[] {
    const entries = [...this.#latest.values()].flatMap((change) => (change.kind === "entry" ? [change] : []));
    for (const change of entries) assert.equal(textOf(change), `<p>${this.#texts.get(change.entry.id)}</p>`);
    assert.deepEqual(new Set(entries.map(({ entry }) => entry.id)), new Set(this.#texts.keys()));
    return entries.map(({ entry }) => entry).sort(compareEntries);
  }

  #writeFor(one: Edit): Write {
    this.#edits += 1;
    const text = `${this.slug} ${this.#edits}`;
    if (one.kind === "patch") return storyWrite(this.slug, { headline: text });
    if (one.kind === "background") return backgroundWrite(one.there ? text : null);
    const there = [...this.#texts.keys()];
    const id = one.kind === "publish" ? undefined : there[one.nth % there.length];
    if (id !== undefined && one.kind === "retract") {
      this.#texts.delete(id);
      return { kind: "retraction", id };
    }
    const written = id ?? uuidv7();
    this.#texts.set(written, text);
    return entryWrite(written, text);
  }
}

function itemOf(change: StoredChange): ItemKey {
  if (change.kind === "entry") return change.entry.id;
  return change.kind === "retraction" ? change.tombstone.id : change.kind;
}
