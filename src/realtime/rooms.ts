import type { Feeds, Following } from "../feed/feeds.ts";
import type { StoryFeed } from "../feed/story-feed.ts";
import type { CatchUp } from "../protocol/events.ts";
import type { Position } from "../protocol/position.ts";
import { Problem } from "../protocol/problem.ts";
import type { ShareAudience } from "./audience.ts";
import { Membership } from "./membership.ts";
import type { Observer } from "./observer.ts";
import { mayEnter, type Reader } from "./reader.ts";
import { StoryRoom } from "./story-room.ts";

export type Visit = {
  slug: string;
  position: Position | null;
  limit: number;
  presence: boolean;
  reader: Reader;
  /** Asked once the story is there: whether the reader has gone, or changed its mind. */
  isGone: () => boolean;
  /** Called before the reader hears anything else of the story. Must pass the reply on without waiting. */
  onEntered: (reply: CatchUp, epoch: string, membership: Membership) => void;
};

/** The rooms of all stories that somebody reads on this node. */
export class Rooms {
  readonly observer: Observer;
  readonly #feeds: Feeds;
  readonly #shareAudience: ShareAudience;
  readonly #rooms = new Map<StoryFeed, StoryRoom>();

  constructor(feeds: Feeds, shareAudience: ShareAudience, observer: Observer) {
    this.observer = observer;
    this.#feeds = feeds;
    this.#shareAudience = shareAudience;
  }

  /**
   * Lets a reader in. Once the story is there, and as new as the reader, nothing here waits: between the reply and the
   * membership no change can slip through. [R1]
   *
   * @throws Problem when the reader may not read, StoreUnavailable
   */
  async admit(visit: Visit): Promise<void> {
    const { slug, reader } = visit;
    const following = await this.#feeds.follow(slug);
    if (following === null) throw unknownStory(slug);
    if (following === "removed") throw new Problem("story_removed", `The story "${slug}" was removed for good.`);
    await this.#confirm(following, visit);
    const verdict = mayEnter(following.feed.access, reader);
    if (verdict === "yes" && !visit.isGone()) return this.#enter(following, visit);
    following.release();
    if (verdict === "not_found") throw unknownStory(slug);
    if (verdict === "forbidden") {
      throw new Problem("forbidden", "This site may not show the story. Ask the newsroom to add your origin.");
    }
  }

  async #confirm({ feed, release }: Following, { position }: Visit): Promise<void> {
    if (position === null) return;
    try {
      await feed.confirm(position);
    } catch (error) {
      release();
      throw error;
    }
  }

  #enter({ feed, release }: Following, visit: Visit): void {
    const { position, limit, presence, reader, onEntered } = visit;
    const reply = feed.reply(position, limit);
    const room = this.#roomOf(feed);
    const membership = new Membership(reader, presence, room, release);
    room.enter(membership);
    onEntered(reply, feed.timeline.epoch, membership);
    room.tellPresence([membership]);
  }

  #roomOf(feed: StoryFeed): StoryRoom {
    const room =
      this.#rooms.get(feed) ?? new StoryRoom(feed, this.#shareAudience, this.observer, () => this.#rooms.delete(feed));
    this.#rooms.set(feed, room);
    return room;
  }
}

function unknownStory(slug: string): Problem {
  return new Problem("not_found", `There is no story "${slug}".`);
}
