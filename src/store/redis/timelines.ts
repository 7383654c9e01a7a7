import type { Position } from "../../protocol/position.ts";
import { newEpoch, newTag } from "../epoch.ts";
import { toBackground, toChange, toEntry, toStory } from "../stored-forms.ts";
import {
  type Commit,
  type CommitResult,
  type LoadedStory,
  type PageEdge,
  type StoredChanges,
  type StoredPage,
  StoreUnavailable,
  type TimelineStore,
} from "../timeline-store.ts";
import { parseAnnouncement } from "./announcement.ts";
import type { RedisAnnouncements } from "./announcements.ts";
import type { ListedStories } from "./catalogue.ts";
import { COMMIT_WITHIN_MS, type Commands } from "./commands.ts";
import { type CommitLimits, commitArguments } from "./commit-request.ts";
import type { Erasures } from "./erasures.ts";
import { type KeySpace, sortKeyOf } from "./key-space.ts";
import {
  type AccessReply,
  bySeq,
  type ItemReply,
  type PositionReply,
  type TagsReply,
  toAccess,
  toPlacedText,
  toPosition,
  toRemembered,
  toTags,
} from "./replies.ts";
import { scripts } from "./scripts.ts";

type LoadReply = [PositionReply, AccessReply, TagsReply, ItemReply[], ItemReply[], ItemReply[], total: number];
type ChangesReply = [PositionReply, AccessReply, TagsReply, ItemReply[]];
type CommitReply =
  | [outcome: "done", at: number, PositionReply, announced: string | null]
  | [outcome: "again", at: number, PositionReply, ItemReply[]]
  | [outcome: "repeat", at: number, remembered: string]
  | [outcome: "conflict" | "late", at: number];

const NOT_LISTED = "It is done, but the list of stories does not show it yet. Repeat it to be sure.";

export type TimelineParts = {
  commands: Commands;
  keySpace: KeySpace;
  limits: CommitLimits;
  listed: ListedStories;
  erasures: Erasures;
  announcements: RedisAnnouncements;
  /** How far the clock of Redis is ahead of ours, at least, in milliseconds. */
  clockAheadMs: number;
};

/** `TimelineStore` without its end; each call is one script. */
export class RedisTimelines implements Omit<TimelineStore, "close"> {
  readonly #parts: TimelineParts;
  #clockAheadMs: number;

  constructor(parts: TimelineParts) {
    this.#parts = parts;
    this.#clockAheadMs = parts.clockAheadMs;
  }

  async load(slug: string, limit: number): Promise<LoadedStory | "removed" | null> {
    const { commands, keySpace } = this.#parts;
    const reply = await commands.run<LoadReply | "removed" | null>(scripts.load, keySpace.ofStory(slug), [limit]);
    return reply === null || reply === "removed" ? reply : toLoadedStory(reply);
  }

  async changesSince(slug: string, { epoch, seq, tag }: Position): Promise<StoredChanges | "reset"> {
    const { commands, keySpace } = this.#parts;
    const reply = await commands.run<ChangesReply | null>(scripts.changesSince, keySpace.ofStory(slug), [
      epoch,
      seq,
      tag,
    ]);
    if (!reply) return "reset";
    const [head, access, tags, items] = reply;
    const changes = items.map(toPlacedText).sort(bySeq).map(toChange);
    return { from: seq, head: toPosition(head), access: toAccess(access), changes, tags: toTags(tags) };
  }

  async page(slug: string, edge: PageEdge, limit: number): Promise<StoredPage> {
    const { commands, keySpace } = this.#parts;
    const isBelow = "below" in edge;
    const args = [isBelow ? "below" : "above", sortKeyOf(isBelow ? edge.below : edge.above), limit + 1];
    const [seq, nearest] = await commands.run<[string, ItemReply[]]>(scripts.page, keySpace.ofStory(slug), args);
    const entries = nearest.slice(0, limit).map((item) => toEntry(toPlacedText(item)));
    return { seq: Number(seq), entries: isBelow ? entries : entries.reverse(), more: nearest.length > limit };
  }

  async commit(slug: string, commit: Commit): Promise<CommitResult> {
    const { commands, keySpace, listed, erasures, announcements } = this.#parts;
    const heard = announcements.expect(slug, commit.tag);
    const withdraws = commit.writes.some(({ kind }) => kind === "retraction" || kind === "removal");
    const reply = await this.#runCommit(slug, commit, withdraws);
    const [head = ""] = keySpace.ofStory(slug);
    if (reply[0] === "done" || reply[0] === "again" || reply[0] === "repeat") await commands.confirm(head);
    if (withdraws && (reply[0] === "done" || reply[0] === "again")) erasures.owe();
    if (reply[0] === "done" || reply[0] === "again") {
      const listing = listed.update(slug);
      // Of what was withdrawn nothing may be listed any more; of what was published, the time of its change may be late.
      if (changesListing(commit) && !(await listing)) throw new StoreUnavailable(NOT_LISTED);
    }
    if (reply[0] === "done" && reply[3] !== null) await heard;
    return toResult(reply);
  }

  async renewEpoch(slug: string, epoch: string): Promise<Position | null> {
    const { commands, keySpace } = this.#parts;
    const args = [epoch, newEpoch(), newTag()];
    const head = await commands.run<PositionReply | null>(scripts.renewEpoch, keySpace.ofStory(slug), args);
    return head && toPosition(head);
  }

  async #runCommit(slug: string, commit: Commit, withdraws: boolean): Promise<CommitReply> {
    const { commands, keySpace, limits } = this.#parts;
    const { idempotency } = commit;
    const keys = keySpace.ofStory(slug, idempotency && { holderId: commit.by.id, key: idempotency.key });
    // When the caller has been told that it is not answered, the script must do nothing any more.
    const expiresAt = Math.min(commit.expiresAt, Date.now() + COMMIT_WITHIN_MS) + this.#clockAheadMs;
    const args = commitArguments(commit, expiresAt, limits);
    const script = withdraws ? scripts.withdraw : scripts.commit;
    const reply = await commands.run<CommitReply>(script, keys, args);
    this.#clockAheadMs = reply[1] - Date.now();
    return reply;
  }
}

function changesListing({ writes }: Commit): boolean {
  return writes.some(({ kind }) => kind === "story" || kind === "removal");
}

function toLoadedStory([head, access, tags, fields, entries, recent, total]: LoadReply): LoadedStory {
  const placed = fields.map(toPlacedText);
  const storyRow = placed.find(({ kind }) => kind === "story");
  const backgroundRow = placed.find(({ kind }) => kind === "background");
  if (!storyRow) throw new Error("A story has lost its fields.");
  return {
    head: toPosition(head),
    access: toAccess(access),
    tags: toTags(tags),
    story: toStory(storyRow),
    background: backgroundRow ? toBackground(backgroundRow) : null,
    backgroundChange: { seq: backgroundRow?.seq ?? 0, at: (backgroundRow ?? storyRow).changedAt },
    entries: entries.map((item) => toEntry(toPlacedText(item))),
    total,
    recent: recent.map(toPlacedText).sort(bySeq).map(toChange),
  };
}

function toResult(reply: CommitReply): CommitResult {
  switch (reply[0]) {
    case "done":
      return { outcome: "done", head: toPosition(reply[2]), changes: changesOf(reply[3]) };
    case "again":
      return {
        outcome: "done",
        head: toPosition(reply[2]),
        changes: reply[3].map(toPlacedText).sort(bySeq).map(toChange),
      };
    case "repeat":
      return { outcome: "repeat", remembered: toRemembered(reply[2]) };
    case "conflict":
      return { outcome: "conflict" };
    case "late":
      throw new StoreUnavailable("The command came too late. Nothing was done.");
  }
}

function changesOf(announced: string | null) {
  const announcement = announced === null ? null : parseAnnouncement(announced);
  return announcement?.kind === "commit" ? announcement.changes : [];
}
