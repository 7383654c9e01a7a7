import { createHash, randomBytes } from "node:crypto";
import { WRITE_DEADLINE_MS } from "../protocol/limits.ts";
import type { Position } from "../protocol/position.ts";
import { Problem } from "../protocol/problem.ts";
import type { Holder, ItemKey, StoredChange, StoredItem } from "../store/records.ts";
import type { StoryRecord, StoryRecords } from "../store/story-records.ts";
import { type Commit, StoreUnavailable, type TimelineStore, type Write } from "../store/timeline-store.ts";

export type CommandStores = { timelines: TimelineStore; records: StoryRecords };

/** One command of an editor. Its decision may be taken several times, always on the story's state at that moment. */
export type Command = {
  slug: string;
  by: Holder;
  /** The items that the decision looks at. */
  items: ItemKey[];
  idempotency?: Idempotency | undefined;
  /**
   * The decision as it is likely to be, on what is known without asking the store; its guards name everything that it
   * rests on, and so it stands only if that is so. Null, or whatever is thrown: the store has to be asked.
   */
  foresee?: (() => Plan | null) | undefined;
  /** @throws Problem when the command may not be carried out. `null`: there is nothing to change. */
  decide(record: StoryRecord | "removed" | null): Plan | null;
};

export type Idempotency = { key: string; bodyHash: string };
export type Plan = { guards: Commit["guards"]; writes: Write[] /** Answers a repeat. */; ids?: string[] };

/** `head` is the story's head right after the command; of a repeat, after the first time. */
export type Outcome =
  | { kind: "done"; head: Position; changes: StoredChange[]; writes: Write[] }
  | { kind: "unchanged"; head: Position; record: StoryRecord }
  | { kind: "repeat"; head: Position; ids: string[] };

/**
 * Reads unless the decision can be foreseen, decides, commits; decides anew when what it rests on has changed meanwhile. A
 * repeat of an idempotency key gets the first answer, whatever speaks against the command by now. [S5]
 *
 * @throws Problem, also `store_unavailable` when the store has not answered in time.
 */
export async function carryOut(stores: CommandStores, command: Command): Promise<Outcome> {
  const { slug, by, items, idempotency: given } = command;
  const wantedKey = given && { holderId: by.id, key: given.key };
  const expiresAt = Date.now() + WRITE_DEADLINE_MS;
  const tag = randomBytes(6).toString("base64url");
  let plan = foreseen(command);
  while (Date.now() < expiresAt) {
    if (!plan) {
      const record = await answered(stores.records.read(slug, { items, idempotency: wantedKey }), expiresAt);
      const known = record === "removed" ? null : record;
      if (known?.remembered) return repeat(command, known.remembered);
      plan = command.decide(record);
      if (!plan) {
        if (!known) throw unknownStory(slug);
        return { kind: "unchanged", head: known.head, record: known };
      }
    }
    const { guards, writes, ids = [] } = plan;
    const idempotency = given && { ...given, ids };
    const commit = { tag, guards, writes, by, idempotency, expiresAt };
    const result = await answered(stores.timelines.commit(slug, commit), expiresAt);
    if (result.outcome === "repeat") return repeat(command, result.remembered);
    if (result.outcome === "done") return { kind: "done", head: result.head, changes: result.changes, writes };
    plan = null;
  }
  throw new StoreUnavailable("The command could not be decided in time.");
}

/** What speaks against the command is said on the store's own state, and never to a repeat. [S5] */
function foreseen({ foresee }: Command): Plan | null {
  try {
    return foresee?.() ?? null;
  } catch {
    return null;
  }
}

/** An editor waits no longer than that, whatever keeps the store. What it does afterwards, it does not for us. */
async function answered<T>(answer: Promise<T>, expiresAt: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new StoreUnavailable("The store did not answer in time."));
    timer = setTimeout(giveUp, Math.max(0, expiresAt - Date.now()));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function repeat(command: Command, remembered: NonNullable<StoryRecord["remembered"]>): Outcome {
  if (remembered.bodyHash !== command.idempotency?.bodyHash) {
    throw new Problem(
      "idempotency_conflict",
      "This Idempotency-Key was used for another request. Use a new key for each new request.",
    );
  }
  return { kind: "repeat", head: remembered.head, ids: remembered.ids };
}

export function unknownStory(slug: string): Problem {
  return new Problem("not_found", `There is no story "${slug}".`);
}

export function removedProblem(slug: string): Problem {
  return new Problem("story_removed", `The story "${slug}" was removed for good.`);
}

/** The item of a kind that a decision has asked for. */
export function itemOfKind<K extends StoredItem["kind"]>(
  record: StoryRecord,
  kind: K,
): Extract<StoredItem, { kind: K }> | undefined {
  return record.items.find((item): item is Extract<StoredItem, { kind: K }> => item.kind === kind);
}

/** The same for two bodies that say the same, however they are laid out. */
export function hashOf(operation: string, body: unknown): string {
  return createHash("sha256").update(operation).update("\0").update(canonicalJson(body)).digest("base64url");
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
