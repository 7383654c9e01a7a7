import { type Position, parsePosition } from "../../src/protocol/position.ts";
import type { Announcement, AnnouncementListener, Announcements } from "../../src/store/announcements.ts";
import type { StoryRecords } from "../../src/store/story-records.ts";
import {
  type LoadedStory,
  type StoredChanges,
  StoreUnavailable,
  type TimelineStore,
} from "../../src/store/timeline-store.ts";
import { type Command, RandomStory } from "./random-history.ts";

/**
 * A store of one story whose announcements go out when the test says so: the only way to decide what is lost, what is
 * late, and what arrives while the store is being read.
 */
export class ScriptedStore {
  readonly random = new RandomStory();
  readonly reads: string[] = [];
  readonly renewals: string[] = [];
  #listener: AnnouncementListener | null = null;
  #gate: Promise<void> | null = null;
  #gateOpened = () => {};
  #asideFrom = Number.POSITIVE_INFINITY;

  /** Makes reads wait until the returned function is called. */
  holdReads(): () => void {
    this.#gate = new Promise((resolve) => {
      this.#gateOpened = resolve;
    });
    return () => {
      this.#gate = null;
      this.#gateOpened();
    };
  }

  /** As after a restored copy on which others have gone on: from `seq` on, the commits are others. */
  goAsideFrom(seq: number): void {
    this.#asideFrom = seq;
  }

  get isFollowed(): boolean {
    return this.#listener !== null;
  }

  /** @returns what is to be announced; the test may deliver it, or not. */
  commit(...commands: Command[]): Announcement[] {
    return commands.map((command) => {
      const { story } = this.random;
      const before = this.head;
      this.random.play([command]);
      const range = this.random.ranges.at(-1);
      const { epoch, seq, tag } = this.head;
      const access = { status: story.story.status, allowedOrigins: [] };
      const changes = range?.changes ?? [];
      return { kind: "commit", epoch, from: before.seq, to: seq, tag, previousTag: before.tag, access, changes };
    });
  }

  deliver(...announcements: Announcement[]): void {
    for (const announcement of announcements) this.#listener?.announced(announcement);
  }

  /** From now on every read is refused. */
  failReads(): void {
    this.#gate = Promise.reject(new StoreUnavailable("The store is away."));
    this.#gate.catch(() => {});
  }

  lose(): void {
    this.#listener?.lost?.();
  }

  interrupt(): void {
    this.#listener?.interrupted();
  }

  readonly announcements: Announcements = {
    subscribe: async (_slug, listener) => {
      this.#listener = listener;
      return () => {
        if (this.#listener === listener) this.#listener = null;
      };
    },
    probe: async () => {},
  };

  readonly timelines: TimelineStore = {
    load: async (slug, limit) => {
      const exists = slug === this.random.story.slug;
      await this.#read("load");
      return exists ? this.#load(limit) : null;
    },
    changesSince: async (_slug, position) => {
      await this.#read("changesSince");
      return this.#changesSince(position);
    },
    page: async () => {
      await this.#read("page");
      return { seq: this.random.story.seq, entries: [], more: false };
    },
    renewEpoch: async (_slug, epoch) => {
      this.renewals.push(epoch);
      this.random.story.epoch = "renewed";
      return this.head;
    },
    commit: () => Promise.reject(new Error("not part of this script")),
    close: async () => {},
  };

  readonly records: StoryRecords = {
    read: async (_slug, { items }) => {
      const { head } = this;
      await this.#read("read");
      return items.length === 0 ? { head, items: [], remembered: null } : null;
    },
    revisions: async () => [],
    eraseRevision: async () => "unknown",
  };

  async #read(name: string): Promise<void> {
    this.reads.push(name);
    await this.#gate;
  }

  get head(): Position {
    const position = parsePosition(this.random.story.position);
    if (!position) throw new Error("The story has no head.");
    return { ...position, tag: this.#tagOf(position) };
  }

  #tagOf({ seq, tag }: { seq: number; tag: string }): string {
    return seq >= this.#asideFrom ? `${tag}-aside` : tag;
  }

  get #tags(): { seq: number; tag: string }[] {
    const { ranges, story } = this.random;
    const positions = ranges.flatMap((range) => parsePosition(range.position) ?? []);
    const tags = [{ seq: 1, tag: "t1" }, ...positions].filter(({ seq }) => seq <= story.seq);
    return tags.map(({ seq, tag }) => ({ seq, tag: this.#tagOf({ seq, tag }) }));
  }

  #load(limit: number): LoadedStory {
    const { story } = this.random;
    const snapshot = story.snapshot(limit);
    const all = story.changesSince(0).changes;
    const shown = new Set(snapshot.entries.map(({ id }) => id));
    return {
      head: this.head,
      story: snapshot.story,
      access: { status: snapshot.story.status, allowedOrigins: [] },
      background: snapshot.background,
      backgroundChange: all.find(({ kind }) => kind === "background") ?? { seq: 0, at: "" },
      entries: snapshot.entries,
      total: snapshot.total,
      tags: this.#tags,
      recent: all.filter(
        (change) => change.kind === "retraction" || (change.kind === "entry" && !shown.has(change.entry.id)),
      ),
    };
  }

  #changesSince(position: Position): StoredChanges | "reset" {
    const head = this.head;
    const known = this.#tags.find(({ seq }) => seq === position.seq)?.tag === position.tag;
    if (position.epoch !== head.epoch || !known) return "reset";
    const { from, changes } = this.random.story.changesSince(position.seq);
    const access = { status: this.random.story.story.status, allowedOrigins: [] };
    return { from, head, access, changes, tags: this.#tags.filter(({ seq }) => seq > position.seq) };
  }
}
