import type { EntryBody, RevisionRecord } from "../records.ts";
import { toItem } from "../stored-forms.ts";
import type { StoryRecord, StoryRecords, Want } from "../story-records.ts";
import type { Commands } from "./commands.ts";
import type { Erasures } from "./erasures.ts";
import type { KeySpace } from "./key-space.ts";
import {
  type AccessReply,
  bySeq,
  type ItemReply,
  type PositionReply,
  type RevisionLine,
  toAccess,
  toPlacedText,
  toPosition,
  toRemembered,
} from "./replies.ts";
import { scripts } from "./scripts.ts";

type ReadReply = [PositionReply, AccessReply, ItemReply[], remembered: string | null];

export class RedisRecords implements StoryRecords {
  readonly #commands: Commands;
  readonly #keySpace: KeySpace;
  readonly #erasures: Erasures;

  constructor(commands: Commands, keySpace: KeySpace, erasures: Erasures) {
    this.#commands = commands;
    this.#keySpace = keySpace;
    this.#erasures = erasures;
  }

  async read(slug: string, { items, idempotency }: Want): Promise<StoryRecord | "removed" | null> {
    const keys = this.#keySpace.ofStory(slug, idempotency);
    const reply = await this.#commands.run<ReadReply | "removed" | null>(scripts.read, keys, items);
    if (reply === null || reply === "removed") return reply;
    const [head, access, found, remembered] = reply;
    // The first answer under this key may have failed because the replicas were late: this one must not promise more.
    if (remembered !== null) await this.#commands.confirm(keys[0] ?? "");
    const { allowedOrigins } = toAccess(access);
    return {
      head: toPosition(head),
      items: found
        .map(toPlacedText)
        .sort(bySeq)
        .map((item) => toItem(item, allowedOrigins)),
      remembered: remembered === null ? null : toRemembered(remembered),
    };
  }

  async revisions(slug: string, entryId: string): Promise<RevisionRecord[]> {
    const keys = this.#keySpace.ofStory(slug);
    const reply = await this.#commands.run<ItemReply[]>(scripts.revisions, keys, [entryId]);
    return reply.map(toRevision).reverse();
  }

  async eraseRevision(slug: string, entryId: string, revision: number): Promise<"erased" | "current" | "unknown"> {
    const keys = this.#keySpace.ofStory(slug);
    const outcome = await this.#commands.run<"erased" | "current" | "unknown">(scripts.eraseRevision, keys, [
      entryId,
      revision,
    ]);
    if (outcome === "erased") this.#erasures.owe();
    return outcome;
  }
}

function toRevision([line, body, markdown]: ItemReply): RevisionRecord {
  const { revision, action, at, byId, byName } = JSON.parse(line) as RevisionLine;
  return {
    ...{ revision, action, by: { id: byId, name: byName } },
    at: new Date(at).toISOString(),
    content: body === null ? null : { ...(JSON.parse(body) as EntryBody), markdown: markdown ?? "" },
  };
}
