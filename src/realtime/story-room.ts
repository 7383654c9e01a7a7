import type { FeedEvent, StoryFeed } from "../feed/story-feed.ts";
import type { Access } from "../protocol/access.ts";
import { Audience, type ShareAudience } from "./audience.ts";
import { RecentRanges } from "./delivery-sample.ts";
import { Frame } from "./frame.ts";
import type { Membership } from "./membership.ts";
import type { Observer } from "./observer.ts";
import { presenceIntervalMs, roundedAudience } from "./presence.ts";
import { mayEnter, type Outlet, type ResetReason } from "./reader.ts";

/** A herd of resets is spread so that its joins arrive at about this rate. */
const JOINS_PER_SECOND = 2_000;
const RESET_SPREAD_MAX_MS = 20_000;

/** The readers of one story on this node. Each range is encoded once and handed to each of them. [R1] [R2] */
export class StoryRoom {
  readonly #feed: StoryFeed;
  /** In no order: whoever leaves is replaced by the last. */
  readonly #members: Membership[] = [];
  /** Theirs, in the same places: all that most deliveries have to look at. */
  readonly #outlets: Outlet[] = [];
  /** Of what sampled readers speak. */
  readonly recentRanges = new RecentRanges();
  readonly #audience: Audience;
  readonly #observer: Observer;
  readonly #onEmpty: () => void;
  readonly #unsubscribe: () => void;
  #presenceTimer: NodeJS.Timeout | null = null;
  /** The last changes that were handed on: what the next may be compressed with. */
  #last: Frame | null = null;

  constructor(feed: StoryFeed, share: ShareAudience, observer: Observer, onEmpty: () => void) {
    this.#feed = feed;
    this.#observer = observer;
    this.#audience = new Audience(
      feed.slug,
      share,
      () => this.#members.length,
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
    return this.#members.length;
  }

  enter(member: Membership): void {
    member.place = this.#members.push(member) - 1;
    this.#outlets.push(member.reader.outlet);
    this.#schedulePresence();
  }

  /** Safe to call twice. */
  remove(member: Membership): void {
    if (member.place < 0) return;
    const last = this.#members.pop();
    const outlet = this.#outlets.pop();
    if (last && outlet && last !== member) {
      last.place = member.place;
      this.#members[last.place] = last;
      this.#outlets[last.place] = outlet;
    }
    member.place = -1;
    if (this.#members.length > 0) this.#schedulePresence();
    else this.#close();
  }

  /** Tells those who asked and were last told something else: on entering one, in due time all. */
  tellPresence(members: readonly Membership[] = this.#members): void {
    const watching = roundedAudience(this.audience);
    const frame = Frame.of("presence", { story: this.#feed.slug, watching });
    forEachLeaving(members, (member) => {
      if (!member.presence || member.place < 0 || member.told === watching) return;
      member.told = watching;
      member.reader.outlet.hand(frame);
    });
  }

  #hear(event: FeedEvent): void {
    if (event.kind === "range") {
      const { epoch, range } = event;
      this.recentRanges.note(range);
      this.#observer.handedOn(this.size);
      this.#last = Frame.of("changes", { story: this.#feed.slug, epoch, ...range }, range.position, this.#last);
      this.#send(this.#last);
    } else if (event.kind === "access") {
      this.#expelWhoMayNotRead(event.access);
    } else {
      this.#expel([...this.#members], event.kind === "removed" ? "removed" : "history");
    }
  }

  #send(frame: Frame): void {
    forEachLeaving(this.#outlets, (outlet) => outlet.hand(frame));
  }

  #expelWhoMayNotRead(access: Access): void {
    const reasons = { not_found: "withdrawn", forbidden: "forbidden" } as const;
    for (const member of [...this.#members]) {
      const verdict = mayEnter(access, member.reader);
      if (verdict !== "yes") this.#expel([member], reasons[verdict]);
    }
  }

  #expel(members: Membership[], reason: ResetReason): void {
    const spreadMs = Math.min(RESET_SPREAD_MAX_MS, (members.length / JOINS_PER_SECOND) * 1_000);
    for (const member of members) {
      const afterMs = Math.round(Math.random() * spreadMs);
      // Out first: the reset must not meet a reader who is put out as too slow in the same breath.
      member.leave();
      member.reader.expelled(member, resetFrame(this.#feed.slug, reason, afterMs));
      this.#observer.reset(reason);
    }
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

/** From the end: one that leaves when its turn comes is replaced by one that has had its turn. */
function forEachLeaving<T>(members: readonly T[], visit: (member: T) => void): void {
  for (let place = members.length - 1; place >= 0; place -= 1) {
    const member = members[place];
    if (member) visit(member);
  }
}

export function resetFrame(story: string, reason: ResetReason, afterMs: number): Frame {
  return Frame.of("reset", { story, reason, afterMs }, "");
}
