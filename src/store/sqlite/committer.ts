import type { Access } from "../../protocol/access.ts";
import type { Position } from "../../protocol/position.ts";
import { collapse } from "../../protocol/range.ts";
import type { Announcement } from "../announcements.ts";
import { newEpoch, newTag } from "../epoch.ts";
import type { PlacedText } from "../placement.ts";
import type { Holder, ItemKey } from "../records.ts";
import { toChange } from "../stored-forms.ts";
import { type Commit, type CommitResult, StoreUnavailable } from "../timeline-store.ts";
import { guardsHold, itemsOf, planWrites } from "./plan.ts";
import type { StoryState } from "./story-table.ts";
import type { Tables } from "./tables.ts";

/** What a write did, within a transaction that is still to be committed. */
export type Written<T> = {
  value: T;
  announced?: { slug: string; announcement: Announcement };
  /** It must not be answered before the write-ahead log is empty. [S6] */
  erases?: boolean;
};

type Done = { steps: PlacedText[]; before: StoryState | undefined; after: StoryState };

/** Takes commits one after the other, each within a transaction of its caller. [S1] [S2] */
export class Committer {
  readonly #tables: Tables;
  readonly #keepCommits: number;

  constructor(tables: Tables, keepCommits: number) {
    this.#tables = tables;
    this.#keepCommits = keepCommits;
  }

  commit(slug: string, commit: Commit): Written<CommitResult> {
    const nowMs = Date.now();
    const erases = commit.writes.some(({ kind }) => kind === "retraction" || kind === "removal");
    const story = this.#tables.stories.find(slug);
    const earlier = story ? this.#earlierResult(story, commit, nowMs) : this.#resultOfRemoval(slug, commit.tag);
    // The first time may have been cut off before the log was emptied, so that a repeat has to see to it, too.
    if (earlier) return { value: earlier, erases };
    if (nowMs > commit.expiresAt) throw new StoreUnavailable("The command came too late. Nothing was done.");

    const held = this.#placements(slug, itemsOf(commit));
    if (!guardsHold(commit, held)) return { value: { outcome: "conflict" } };
    if (commit.writes[0]?.kind === "removal") return this.#remove(story, commit.tag);

    const at = timeOfCommit(story, nowMs);
    const steps = planWrites(commit.writes, held, story?.head.seq ?? 0, at);
    if (steps === "conflict") return { value: { outcome: "conflict" } };
    const done = { steps, before: story, after: stateAfter(slug, story, commit, at) };
    this.#store(done, commit, nowMs);
    return { ...report(done), erases };
  }

  /** @returns the head after it, or null when there is no such story. [S7] */
  renewEpoch(slug: string, epoch: string): Written<Position | null> {
    const { stories, history } = this.#tables;
    const story = stories.find(slug);
    if (!story) return { value: null };
    if (story.head.epoch !== epoch) return { value: story.head };
    const head = { epoch: newEpoch(), seq: story.head.seq, tag: newTag() };
    const commits = story.commits + 1;
    stories.save({ ...story, head, commits });
    history.add(slug, { tag: head.tag, head, items: [] }, commits, this.#keepCommits);
    return { value: head, announced: { slug, announcement: { kind: "renewed", head } } };
  }

  #earlierResult({ slug }: StoryState, commit: Commit, nowMs: number): CommitResult | null {
    const { history, items, remembered } = this.#tables;
    const past = history.find(slug, commit.tag);
    if (past) return { outcome: "done", head: past.head, changes: items.read(slug, past.items).map(toChange) };
    const { by, idempotency } = commit;
    const known = idempotency && remembered.find({ slug, holder: by.id, key: idempotency.key }, nowMs);
    return known ? { outcome: "repeat", remembered: known } : null;
  }

  #resultOfRemoval(slug: string, tag: string): CommitResult | null {
    const removed = this.#tables.stories.findRemoved(slug);
    if (!removed) return null;
    return removed.removalTag === tag ? { outcome: "done", head: removed.head, changes: [] } : { outcome: "conflict" };
  }

  #placements(slug: string, wanted: ReadonlySet<ItemKey>) {
    const { items } = this.#tables;
    const held = [...wanted].map((item) => items.find(slug, item)).filter((found) => found !== undefined);
    return new Map(held.map((placement) => [placement.item, placement]));
  }

  #store({ steps, before, after }: Done, { tag, writes, by, idempotency }: Commit, nowMs: number): void {
    const { stories, history, remembered } = this.#tables;
    const { slug, head, commits, changedAt } = after;
    if (after !== before) stories.save(after);
    for (const write of writes) {
      if (write.kind === "story") stories.saveTopics(slug, write.body.topics);
    }
    for (const step of steps) this.#storeStep(slug, step, by, changedAt);
    history.add(slug, { tag, head, items: steps.map(({ item }) => item) }, commits, this.#keepCommits);
    if (!idempotency) return;
    const { key, bodyHash, ids } = idempotency;
    remembered.save({ slug, holder: by.id, key }, { bodyHash, ids, head }, nowMs);
  }

  #storeStep(slug: string, step: PlacedText, by: Holder, at: string): void {
    const { items, revisions } = this.#tables;
    const { item, kind, seq, revision } = step;
    const superseded = items.find(slug, item)?.textId ?? null;
    const textId = items.put(slug, step);
    if (kind === "entry") {
      const action = revision === 1 ? "publish" : "revise";
      revisions.add({ slug, item }, by, { seq, revision, action, at }, textId);
    } else if (kind === "retraction") {
      items.eraseTextsOfEntry(slug, item);
      revisions.add({ slug, item }, by, { seq, revision, action: "retract", at }, null);
    } else if (superseded !== null) items.eraseText(superseded);
  }

  #remove(story: StoryState | undefined, tag: string): Written<CommitResult> {
    if (!story) return { value: { outcome: "conflict" } };
    const { slug, head } = story;
    this.#tables.items.eraseTextsOfStory(slug);
    this.#tables.stories.remove(story, tag);
    const value = { outcome: "done" as const, head, changes: [] };
    return { value, announced: { slug, announcement: { kind: "removed" } }, erases: true };
  }
}

/** Never before the story's last commit, whatever the machine's clock does. */
function timeOfCommit(story: StoryState | undefined, nowMs: number): string {
  return new Date(Math.max(nowMs, story ? Date.parse(story.changedAt) : 0)).toISOString();
}

function stateAfter(slug: string, before: StoryState | undefined, { tag, writes }: Commit, at: string): StoryState {
  if (before && writes.length === 0) return before;
  const { epoch, seq } = before?.head ?? { epoch: newEpoch(), seq: 0 };
  return {
    slug,
    head: { epoch, seq: seq + writes.length, tag },
    commits: (before?.commits ?? 0) + 1,
    changedAt: at,
    access: accessAfter(before?.access, writes),
  };
}

function accessAfter(before: Access | undefined, writes: Commit["writes"]): Access {
  const written = writes.findLast((write) => write.kind === "story");
  if (written) return { status: written.body.status, allowedOrigins: written.allowedOrigins };
  if (!before) throw new Error("A story without its fields.");
  return before;
}

/** Nothing is announced where nothing changed. */
function report({ steps, before, after }: Done): Written<CommitResult> {
  const { slug, head, access } = after;
  const changes = collapse(steps.map(toChange));
  const value = { outcome: "done" as const, head, changes };
  if (steps.length === 0) return { value };
  const { epoch, seq: to, tag } = head;
  const from = before?.head.seq ?? 0;
  const previousTag = before?.head.tag ?? null;
  return {
    value,
    announced: { slug, announcement: { kind: "commit", epoch, from, to, tag, previousTag, access, changes } },
  };
}
