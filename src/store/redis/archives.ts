import type { ArchivedRevision, StoryArchive, StoryArchives } from "../archive.ts";
import { newEpoch, newTag } from "../epoch.ts";
import type { PlacedText } from "../placement.ts";
import type { ListedStories } from "./catalogue.ts";
import type { Commands } from "./commands.ts";
import { type KeySpace, sortKeyOf } from "./key-space.ts";
import {
  type AccessReply,
  bySeq,
  type ItemReply,
  type PositionReply,
  type RevisionLine,
  type StoredPlacement,
  toAccess,
  toPlacedText,
} from "./replies.ts";
import { scripts } from "./scripts.ts";

type StepReply = [item: string, line: string, body: string | null, markdown: string | null];
type ExportReply = [PositionReply, AccessReply, changedAtMs: string, ItemReply[], StepReply[]];

export class RedisArchives implements StoryArchives {
  readonly #commands: Commands;
  readonly #keySpace: KeySpace;
  readonly #listed: ListedStories;

  constructor(commands: Commands, keySpace: KeySpace, listed: ListedStories) {
    this.#commands = commands;
    this.#keySpace = keySpace;
    this.#listed = listed;
  }

  async exportStory(slug: string): Promise<StoryArchive | null> {
    const keys = this.#keySpace.ofStory(slug);
    const reply = await this.#commands.runArchive<ExportReply | null>(scripts.exportStory, keys, []);
    if (!reply) return null;
    const [[, seq], access, changedAtMs, items, steps] = reply;
    const placed = items.map(toPlacedText).sort(bySeq);
    const present = new Set(placed.map((item) => item.seq));
    return {
      ...{ slug, seq: Number(seq), access: toAccess(access), items: placed },
      changedAt: new Date(Number(changedAtMs)).toISOString(),
      revisions: steps.map((step) => toRevision(step, present)).sort(bySeq),
    };
  }

  async importStory(archive: StoryArchive): Promise<"imported" | "taken"> {
    const keys = this.#keySpace.ofStory(archive.slug);
    const outcome = await this.#commands.runArchive<"imported" | "taken">(
      scripts.importStory,
      keys,
      importArguments(archive),
    );
    if (outcome === "taken") return outcome;
    await this.#commands.confirm(keys[0] ?? "");
    await this.#listed.update(archive.slug);
    return outcome;
  }
}

function toRevision([item, line, body, markdown]: StepReply, present: ReadonlySet<number>): ArchivedRevision {
  const { seq, revision, action, at, byId, byName } = JSON.parse(line) as RevisionLine;
  const texts = present.has(seq) ? { body: null, markdown: null } : { body, markdown };
  return { item, seq, revision, action, at: new Date(at).toISOString(), by: { id: byId, name: byName }, ...texts };
}

function importArguments({ seq, changedAt, access, items, revisions }: StoryArchive): string[] {
  const facts = {
    ...{ epoch: newEpoch(), seq, tag: newTag(), changedAt: Date.parse(changedAt) },
    ...{ status: access.status, origins: JSON.stringify(access.allowedOrigins) },
    items: items.map((item) => ({
      ...{ item: item.item, seq: item.seq, placement: placementOf(item) },
      sortKey: item.kind === "entry" ? memberOf(item) : undefined,
    })),
    steps: revisions.map(({ item, seq: stepSeq, revision, action, at, by }) => {
      const line: RevisionLine = { seq: stepSeq, revision, action, at: Date.parse(at), byId: by.id, byName: by.name };
      return { item, seq: stepSeq, record: JSON.stringify(line) };
    }),
  };
  const texts = [...items.map((item) => [bodyOf(item), item.markdown]), ...revisions.map((r) => [r.body, r.markdown])];
  return [JSON.stringify(facts), ...texts.flat().map((text) => text ?? "")];
}

function placementOf({ body: _body, markdown: _markdown, firstAt, changedAt, ...placement }: PlacedText): string {
  const stored: StoredPlacement = { ...placement, firstAt: Date.parse(firstAt), changedAt: Date.parse(changedAt) };
  return JSON.stringify(stored);
}

function memberOf({ item, firstAt, firstSeq }: PlacedText): string {
  return `${sortKeyOf({ publishedAt: firstAt, firstSeq })}:${item}`;
}

function bodyOf({ kind, body }: PlacedText): string | null {
  return kind === "background" && body !== null ? JSON.stringify(body) : body;
}
