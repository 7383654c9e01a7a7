import type { FeedEvent, StoryFeed } from "../feed/story-feed.ts";
import { type Access, mayRead } from "../protocol/access.ts";
import { Frame } from "./frame.ts";
import { presenceIntervalMs, roundedAudience } from "./presence.ts";
import type { Reader, ResetReason } from "./reader.ts";

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
  readonly #members = new Set<Membership>();
  readonly #onEmpty: () => void;
  readonly #unsubscribe: () => void;
  #presenceTimer: NodeJS.Timeout | null = null;
  #toldAudience = 0;

  constructor(feed: StoryFeed, onEmpty: () => void) {
    this.#feed = feed;
    this.#onEmpty = onEmpty;
    this.#unsubscribe = feed.subscribe((event) => this.#hear(event));
  }

  get audience(): number {
    return this.#members.size;
  }

  /** @returns how the reader leaves; safe to call twice. */
  enter(member: Membership): () => void {
    this.#members.add(member);
    this.#schedulePresence();
    return () => this.#remove(member);
  }

  /** What a reader who asked for it is told on entering. */
  presenceFrame(): Frame {
    return Frame.of("presence", { story: this.#feed.slug, watching: roundedAudience(this.audience) });
  }

  #hear(event: FeedEvent): void {
    if (event.kind === "range") {
      const { epoch, range } = event;
      this.#send(Frame.of("changes", { story: this.#feed.slug, epoch, ...range }, range.position));
    } else if (event.kind === "access") {
      this.#expelWhoMayNotRead(event.access);
    } else {
      this.#expel([...this.#members], event.kind === "removed" ? "removed" : "history");
    }
  }

  #send(frame: Frame): void {
    for (const { reader } of this.#members) reader.send(frame);
  }

  #expelWhoMayNotRead(access: Access): void {
    const reasons = { not_found: "withdrawn", forbidden: "forbidden" } as const;
    for (const member of [...this.#members]) {
      const verdict = mayRead(access, member.reader.origin);
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
    this.#onEmpty();
  }

  #schedulePresence(): void {
    if (this.#presenceTimer) return;
    this.#presenceTimer = setTimeout(() => this.#tellPresence(), presenceIntervalMs(this.audience)).unref();
  }

  #tellPresence(): void {
    this.#presenceTimer = null;
    const watching = roundedAudience(this.audience);
    if (watching === this.#toldAudience) return;
    this.#toldAudience = watching;
    const frame = this.presenceFrame();
    for (const { reader, presence } of this.#members) if (presence) reader.send(frame);
  }
}

export function resetFrame(story: string, reason: ResetReason, afterMs: number): Frame {
  return Frame.of("reset", { story, reason, afterMs }, "");
}
