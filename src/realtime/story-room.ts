import type { FeedEvent, StoryFeed } from "../feed/story-feed.ts";
import type { Access } from "../protocol/access.ts";
import { Audience, type ShareAudience } from "./audience.ts";
import { RecentRanges } from "./delivery-sample.ts";
import { Frame } from "./frame.ts";
import type { Observer } from "./observer.ts";
import { presenceIntervalMs, roundedAudience } from "./presence.ts";
import { mayEnter, type Reader, type ResetReason } from "./reader.ts";

/** A reader's place in a room. */
export type Membership = {
  reader: Reader;
  /** Whether it asked to be told how many read along. */
  presence: boolean;
  /** Called when the room puts the reader out, after it was told so. */
  onExpelled: () => void;
};

/** A herd of resets is spread so that its joins arrive at about this rate. */
const JOINS_PER_SECOND = 2_000;
const RESET_SPREAD_MAX_MS = 20_000;

/** The readers of one story on this node. Each range is encoded once and handed to each of them. [R1] [R2] */
export class StoryRoom {
  readonly #feed: StoryFeed;
  /** Each with the audience that it was told last. */
  readonly #members = new Map<Membership, { told: number }>();
  /** Of what sampled readers speak. */
  readonly recentRanges = new RecentRanges();
  readonly #audience: Audience;
  readonly #observer: Observer;
  readonly #onEmpty: () => void;
  readonly #unsubscribe: () => void;
  #presenceTimer: NodeJS.Timeout | null = null;

  constructor(feed: StoryFeed, share: ShareAudience, observer: Observer, onEmpty: () => void) {
    this.#feed = feed;
    this.#observer = observer;
    this.#audience = new Audience(
      feed.slug,
      share,
      () => this.#members.size,
      () => this.#schedulePresence(),
    );
    this.#onEmpty = onEmpty;
    this.#unsubscribe = feed.subscribe((event) => this.#hear(event));
  }

  /** On all nodes. */
  get audience(): number {
    return this.#audience.count;
  }

  /** On this node. */
  get size(): number {
    return this.#members.size;
  }

  /** @returns how the reader leaves; safe to call twice. */
  enter(member: Membership): () => void {
    this.#members.set(member, { told: 0 });
    this.#schedulePresence();
    return () => this.#remove(member);
  }

  /** Tells those who asked and were last told something else: on entering one, in due time all. */
  tellPresence(members: Iterable<Membership> = this.#members.keys()): void {
    const watching = roundedAudience(this.audience);
    const frame = Frame.of("presence", { story: this.#feed.slug, watching });
    for (const member of members) {
      const last = this.#members.get(member);
      if (!member.presence || !last || last.told === watching) continue;
      last.told = watching;
      member.reader.send(frame);
    }
  }

  #hear(event: FeedEvent): void {
    if (event.kind === "range") {
      const { epoch, range } = event;
      this.recentRanges.note(range);
      this.#observer.handedOn(this.size);
      this.#send(Frame.of("changes", { story: this.#feed.slug, epoch, ...range }, range.position));
    } else if (event.kind === "access") {
      this.#expelWhoMayNotRead(event.access);
    } else {
      this.#expel([...this.#members.keys()], event.kind === "removed" ? "removed" : "history");
    }
  }

  #send(frame: Frame): void {
    for (const { reader } of this.#members.keys()) reader.send(frame);
  }

  #expelWhoMayNotRead(access: Access): void {
    const reasons = { not_found: "withdrawn", forbidden: "forbidden" } as const;
    for (const member of [...this.#members.keys()]) {
      const verdict = mayEnter(access, member.reader);
      if (verdict !== "yes") this.#expel([member], reasons[verdict]);
    }
  }

  #expel(members: Membership[], reason: ResetReason): void {
    const spreadMs = Math.min(RESET_SPREAD_MAX_MS, (members.length / JOINS_PER_SECOND) * 1_000);
    for (const member of members) {
      const afterMs = Math.round(Math.random() * spreadMs);
      // Out first: the reset must not meet a reader who is put out as too slow in the same breath.
      this.#remove(member);
      member.reader.send(resetFrame(this.#feed.slug, reason, afterMs));
      this.#observer.reset(reason);
      member.onExpelled();
    }
  }

  #remove(member: Membership): void {
    if (!this.#members.delete(member)) return;
    if (this.#members.size > 0) this.#schedulePresence();
    else this.#close();
  }

  #close(): void {
    if (this.#presenceTimer) clearTimeout(this.#presenceTimer);
    this.#unsubscribe();
    this.#audience.close();
    this.#onEmpty();
  }

  #schedulePresence(): void {
    if (this.#presenceTimer) return;
    this.#presenceTimer = setTimeout(() => {
      this.#presenceTimer = null;
      this.tellPresence();
    }, presenceIntervalMs(this.audience)).unref();
  }
}

export function resetFrame(story: string, reason: ResetReason, afterMs: number): Frame {
  return Frame.of("reset", { story, reason, afterMs }, "");
}
