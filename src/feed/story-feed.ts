import type { Access } from "../protocol/access.ts";
import type { CatchUp } from "../protocol/events.ts";
import { formatPosition, type Position } from "../protocol/position.ts";
import { collapse } from "../protocol/range.ts";
import type { Change, Changes } from "../protocol/shapes.ts";
import { merge, type Timeline, trim } from "../protocol/timeline.ts";
import type { Announcement, AnnouncementListener } from "../store/announcements.ts";
import type { LoadedStory, StoredChanges } from "../store/timeline-store.ts";
import { CommitLog, type CommitTag } from "./commit-log.ts";
import { HeadCheck } from "./head-check.ts";
import { KeyEntries } from "./key-entries.ts";
import { Pages, type StoryPlace } from "./pages.ts";
import { presentChange, presentTimeline } from "./present.ts";
import { backoffMs, type Wait } from "./repair.ts";
import { Replies } from "./replies.ts";

/** How many entries a feed keeps in memory; older ones are read from the store. */
export const WINDOW_ENTRIES = 1_000;
/** A feed lets its window grow by this before it trims, so that trimming is rare. */
const TRIM_SLACK = 200;

export type FeedEvent =
  /** Follows the last one without hole or overlap. [F1] */
  | { kind: "range"; epoch: string; range: Changes }
  /** Who may read has changed; comes before the range that says why. */
  | { kind: "access"; access: Access }
  /** The history was replaced: everybody starts again from a snapshot. */
  | { kind: "reset" }
  | { kind: "removed" };
export type FeedListener = (event: FeedEvent) => void;

export type FeedOptions = StoryPlace & {
  /** Told of everything that keeps the feed from being current. */
  onTrouble: (error: unknown) => void;
  /** Told whenever the store has to be read because something is missing. */
  onRepair?: (() => void) | undefined;
  wait: Wait;
};

/**
 * One followed story in memory: takes in announcements, repairs holes from the store, and hands on one range a tick.
 * Everything is answered from memory, so that neither joins nor page loads cost the store anything. [F4]
 */
export class StoryFeed implements AnnouncementListener {
  readonly slug: string;
  readonly #options: FeedOptions;
  readonly #listeners = new Set<FeedListener>();
  /** All of the story, also what is not kept in memory. */
  readonly pages: Pages;
  readonly keyEntries: KeyEntries;
  readonly #replies = new Replies();
  #timeline: Timeline;
  #log: CommitLog;
  #access: Access;
  /** Taken in, not handed on yet: all of this tick. */
  #pending: Change[] = [];
  #tick: NodeJS.Immediate | null = null;
  /** Announcements that arrived while the store was asked; null when it is not being asked. */
  #held: Announcement[] | null = null;
  /** The subscription was interrupted while the store was asked: its answer may be too old. */
  #interrupted = false;
  /** Settles with the repair that is under way, or was. */
  #repaired: Promise<void> = Promise.resolve();
  readonly #heads: HeadCheck;
  /** Whether announcements arrive. */
  #hears = true;
  /** Whether none can have been missed. */
  #isSure = true;
  #closed = false;
  #removed = false;

  constructor(options: FeedOptions, loaded: LoadedStory) {
    this.slug = options.slug;
    this.#options = options;
    this.pages = new Pages(options, () => this.timeline);
    this.keyEntries = new KeyEntries(options, () => this.timeline);
    ({ timeline: this.#timeline, log: this.#log } = this.#stateOf(loaded));
    this.#access = loaded.access;
    this.#heads = new HeadCheck({
      readHead: async () => {
        const record = await options.stores.records.read(options.slug, { items: [] });
        return record === null || record === "removed" ? null : record.head;
      },
      log: () => this.#log,
      repair: () => this.#repairUnlessBusy(),
      wait: options.wait,
    });
  }

  /** @returns its undo. The listener hears of everything after what the feed answers at this moment. */
  subscribe(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Gone for good, and closed. */
  get isRemoved(): boolean {
    return this.#removed;
  }

  get access(): Access {
    return this.#access;
  }

  /** The story as it is now. Hands on what is pending first: who subscribes next has it already. [R1] */
  get timeline(): Timeline {
    this.#flush();
    return this.#timeline;
  }

  /** What brings a reader from `position` to now. */
  reply(position: Position | null, limit: number): CatchUp {
    const { timeline } = this;
    return this.#replies.reply(timeline, this.#log, position, limit);
  }

  announced(announcement: Announcement): void {
    if (this.#closed) return;
    if (announcement.kind === "removed") this.#remove();
    else if (this.#held) this.#held.push(announcement);
    else if (!this.#takeIn(announcement)) this.#repair();
  }

  lost(): void {
    this.#hears = false;
    this.#isSure = false;
  }

  interrupted(): void {
    this.#hears = true;
    if (this.#held) this.#interrupted = true;
    else if (!this.#closed) this.#repair();
  }

  /**
   * Before anybody is answered from the feed: at once, unless announcements may have been missed that the store has by
   * now. [S6]
   */
  async current(): Promise<void> {
    if (!this.#isSure) await this.#heads.refresh();
  }

  /** Whether `current` has nothing to wait for. */
  get isCurrent(): boolean {
    return this.#isSure && !this.#closed;
  }

  confirm(position: Position): Promise<void> {
    return this.#heads.confirm(position);
  }

  compareHeads(): Promise<void> {
    return this.#heads.compare();
  }

  close(): void {
    this.#closed = true;
    if (this.#tick) clearImmediate(this.#tick);
    this.#listeners.clear();
  }

  /** @returns false when something before the announcement is missing, or the feed is on another history. */
  #takeIn(announcement: Announcement): boolean {
    const { head } = this.#log;
    if (announcement.kind !== "commit")
      return announcement.kind === "renewed" && announcement.head.epoch === head.epoch;
    const { epoch, from, to, tag, previousTag, access, changes } = announcement;
    if (epoch !== head.epoch) return false;
    if (to <= head.seq) return this.#log.tagAt(to) === tag || to < this.#log.oldestSeq;
    if (from !== head.seq || previousTag !== head.tag) return false;
    this.#advance(changes, [{ seq: to, tag }], access);
    return true;
  }

  #advance(changes: StoredChanges["changes"], tags: readonly CommitTag[], access: Access): void {
    for (const change of changes) this.#pending.push(presentChange(this.#options.site, this.slug, change));
    for (const commit of tags) this.#log.append(commit);
    this.#setAccess(access);
    this.#tick ??= setImmediate(() => this.#flush());
  }

  #setAccess(access: Access): void {
    const before = this.#access;
    this.#access = access;
    const same = before.status === access.status && String(before.allowedOrigins) === String(access.allowedOrigins);
    if (!same) this.#emit({ kind: "access", access });
  }

  /** Merges and hands on what this tick has brought. */
  #flush(): void {
    if (this.#tick) clearImmediate(this.#tick);
    this.#tick = null;
    const from = this.#timeline.seq;
    const { head } = this.#log;
    if (head.seq === from) return;
    const changes = collapse(this.#pending);
    const position = formatPosition(head);
    this.#pending = [];
    this.#timeline = this.#trimmed({ ...merge(this.#timeline, changes), seq: head.seq, position });
    this.pages.forget();
    this.#replies.forget();
    this.keyEntries.take(changes);
    this.#emit({ kind: "range", epoch: head.epoch, range: { from, to: head.seq, changes, position } });
  }

  #trimmed(timeline: Timeline): Timeline {
    const slack = WINDOW_ENTRIES + TRIM_SLACK;
    if (timeline.entries.length <= slack && timeline.merging.items.size <= 2 * slack) return timeline;
    return trim(timeline, WINDOW_ENTRIES, this.#log.oldestSeq);
  }

  /** @returns when the repair that is under way has ended. */
  #repairUnlessBusy(): Promise<void> {
    if (!this.#held && !this.#closed) this.#repair();
    return this.#repaired;
  }

  /**
   * Reads what is missing, once, however many announcements say so. What was announced before is committed and so in
   * the answer; what arrives meanwhile is looked at afterwards.
   */
  #repair(): void {
    this.#held = [];
    this.#options.onRepair?.();
    this.#repaired = this.#readWhatIsMissing().then(
      () => {
        const held = this.#held ?? [];
        const readAgain = this.#interrupted;
        this.#held = null;
        this.#interrupted = false;
        if (readAgain) this.#repair();
        else this.#isSure = this.#hears;
        for (const announcement of held) this.announced(announcement);
      },
      (error) => this.#options.onTrouble(error),
    );
  }

  async #readWhatIsMissing(): Promise<void> {
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        return await this.#catchUpWithStore();
      } catch (error) {
        this.#options.onTrouble(error);
        await this.#options.wait(backoffMs(attempt));
      }
    }
  }

  async #catchUpWithStore(): Promise<void> {
    const missing = await this.#options.stores.timelines.changesSince(this.slug, this.#log.head);
    if (missing === "reset") return this.#startAgain();
    this.#advance(missing.changes, missing.tags, missing.access);
    this.#flush();
  }

  /** The store's history is not the one that this feed has followed. */
  async #startAgain(): Promise<void> {
    const { timelines } = this.#options.stores;
    this.#flush();
    let loaded = await timelines.load(this.slug, WINDOW_ENTRIES);
    if (loaded && loaded !== "removed" && this.#stateOf(loaded).log.wentAside(this.#log.head)) {
      await timelines.renewEpoch(this.slug, loaded.head.epoch);
      loaded = await timelines.load(this.slug, WINDOW_ENTRIES);
    }
    if (loaded === null || loaded === "removed") return this.#remove();
    ({ timeline: this.#timeline, log: this.#log } = this.#stateOf(loaded));
    this.pages.forget();
    this.#replies.forget();
    this.keyEntries.forget();
    this.#setAccess(loaded.access);
    this.#emit({ kind: "reset" });
  }

  #stateOf(loaded: LoadedStory): { timeline: Timeline; log: CommitLog } {
    const log = new CommitLog(loaded.head.epoch, loaded.head, loaded.tags);
    return { timeline: presentTimeline(this.#options.site, this.slug, loaded), log };
  }

  #remove(): void {
    this.#removed = true;
    this.#emit({ kind: "removed" });
    this.close();
  }

  #emit(event: FeedEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        // One reader's fault must not keep the range from the others.
        this.#options.onTrouble(error);
      }
    }
  }
}
