import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Position } from "../../src/protocol/position.ts";
import type { EntryBody, Holder, ItemKey, StoredChange, StoryBody } from "../../src/store/records.ts";
import type { Stores } from "../../src/store/stores.ts";
import type { Commit, CommitResult, Write } from "../../src/store/timeline-store.ts";

export const HOLDER: Holder = { id: "key-desk", name: "News desk" };

export type Done = Extract<CommitResult, { outcome: "done" }>;
type StoryFields = Partial<StoryBody> & { allowedOrigins?: string[] };
type EntryFields = Partial<EntryBody> & { markdown?: string; publishedAt?: string };

/** A commit of `writes` with a tag of its own and a minute of time. */
export function commitOf(writes: Write[], more: Partial<Commit> = {}): Commit {
  const tag = randomBytes(6).toString("base64url");
  return { tag, guards: [], writes, by: HOLDER, expiresAt: Date.now() + 60_000, ...more };
}

export function storyWrite(slug: string, { allowedOrigins = [], ...fields }: StoryFields = {}): Write {
  const body: StoryBody = {
    slug,
    headline: `Story ${slug}`,
    summary: null,
    status: "live",
    timeZone: "America/Chicago",
    language: "en",
    direction: "ltr",
    topics: [],
    authors: [],
    image: null,
    pinnedEntryId: null,
    coverageStart: "2026-03-01T12:00:00.000Z",
    coverageEnd: null,
    ...fields,
  };
  return { kind: "story", body, allowedOrigins };
}

export function entryWrite(
  id: string,
  text: string,
  { markdown = text, publishedAt, ...fields }: EntryFields = {},
): Write {
  const body: EntryBody = {
    id,
    label: "UPDATE",
    importance: "normal",
    headline: null,
    html: `<p>${text}</p>`,
    attributions: [],
    authors: [],
    media: [],
    corrections: [],
    language: null,
    ...fields,
  };
  return { kind: "entry", body, markdown, publishedAt };
}

export function backgroundWrite(text: string | null): Write {
  return { kind: "background", html: text && `<p>${text}</p>`, markdown: text };
}

/** An editor at work on one story: every command of theirs has to be carried out. */
export class Desk {
  readonly slug: string;
  readonly #stores: Stores;

  constructor(stores: Stores, slug: string) {
    this.#stores = stores;
    this.slug = slug;
  }

  async commit(writes: Write[], more: Partial<Commit> = {}): Promise<Done> {
    const result = await this.#stores.timelines.commit(this.slug, commitOf(writes, more));
    assert.equal(result.outcome, "done");
    return result as Done;
  }

  create(fields: StoryFields = {}): Promise<Done> {
    return this.commit([storyWrite(this.slug, fields)], { guards: [{ item: "story", seq: 0 }] });
  }

  patch(fields: StoryFields): Promise<Done> {
    return this.commit([storyWrite(this.slug, fields)]);
  }

  async publish(text: string, fields: EntryFields = {}): Promise<{ id: string; head: Position }> {
    const id = fields.id ?? uuidv7();
    const { head } = await this.commit([entryWrite(id, text, fields)]);
    return { id, head };
  }

  revise(id: string, text: string): Promise<Done> {
    return this.commit([entryWrite(id, text)]);
  }

  retract(id: string): Promise<Done> {
    return this.commit([{ kind: "retraction", id }]);
  }

  remove(): Promise<Done> {
    return this.commit([{ kind: "removal" }]);
  }
}

/** A story that is there, and its desk. */
export async function newStory(stores: Stores, slug: string, fields: StoryFields = {}): Promise<Desk> {
  const desk = new Desk(stores, slug);
  await desk.create(fields);
  return desk;
}

/** How a commit ends that need not be carried out; without `more`, one of nothing. */
export async function outcomeOf(stores: Stores, slug: string, more: Partial<Commit>): Promise<CommitResult["outcome"]> {
  return (await stores.timelines.commit(slug, commitOf([], more))).outcome;
}

export async function seqOf(stores: Stores, slug: string, item: ItemKey): Promise<number> {
  const record = await stores.records.read(slug, { items: [item] });
  assert.ok(record && record !== "removed");
  return record.items[0]?.seq ?? 0;
}

export async function headOf(stores: Stores, slug: string): Promise<Position> {
  const record = await stores.records.read(slug, { items: [] });
  assert.ok(record && record !== "removed");
  return record.head;
}

export function textOf(change: StoredChange | undefined): string {
  assert.equal(change?.kind, "entry");
  return (change as Extract<StoredChange, { kind: "entry" }>).entry.html;
}
