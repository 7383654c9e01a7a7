import type { Announcement, AnnouncementListener, Announcements } from "../store/announcements.ts";
import type { FeedStores } from "./pages.ts";
import type { Wait } from "./repair.ts";
import { StoryFeed, WINDOW_ENTRIES } from "./story-feed.ts";

export type FeedsOptions = {
  stores: FeedStores & { announcements: Announcements };
  site: string;
  onTrouble: (error: unknown) => void;
  /** Told whenever the store has to be read because a feed lacks something. */
  onRepair?: (() => void) | undefined;
  /** How long a feed stays after nobody has followed it. @default 60_000 */
  lingerMs?: number;
  wait?: Wait;
};

/** A hold on a feed: it stays current until every hold is released. Releasing twice is safe. */
export type Following = { feed: StoryFeed; release: () => void };

type Followed = {
  feed: Promise<StoryFeed | "removed" | null>;
  /** The same, once it is loaded. */
  loaded: StoryFeed | null;
  holders: number;
  /** Whether somebody has looked at it since it began to linger. */
  isAsked: boolean;
  linger: NodeJS.Timeout | undefined;
  letGo: () => void;
};

/** With the grace for announcements under way: a silent loss is noticed within 10 s. [F3] */
const COMPARE_EVERY_MS = 5_000;

/** The feeds of all stories that anybody follows on this node. */
export class Feeds {
  readonly #options: FeedsOptions;
  readonly #followed = new Map<string, Followed>();
  readonly #timer: NodeJS.Timeout;
  #comparing = false;

  constructor(options: FeedsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.compareHeads(), COMPARE_EVERY_MS).unref();
  }

  /** Stories held in memory. */
  get size(): number {
    return this.#followed.size;
  }

  /**
   * Holds a story's feed, loading it first if nobody else has: once, however many ask. [F5]
   *
   * @returns null for a story that does not exist. @throws StoreUnavailable
   */
  async follow(slug: string): Promise<Following | "removed" | null> {
    const joined = this.#followed.get(slug);
    const followed = joined ?? this.#start(slug);
    followed.holders += 1;
    clearTimeout(followed.linger);
    let isHeld = true;
    const release = () => {
      if (isHeld) this.#release(slug, followed);
      isHeld = false;
    };
    const feed = await followed.feed.catch((error: unknown) => {
      release();
      throw error;
    });
    if (feed !== null && feed !== "removed") {
      await feed.current();
      if (!feed.isRemoved) return { feed, release };
    }
    release();
    if (feed !== null) return "removed";
    // A load that was already under way may have looked before the story was created. Look again.
    return joined ? this.follow(slug) : null;
  }

  /** The feed of a story that is held already, if it can be answered from at once. It stays as long as it is asked. */
  peek(slug: string): StoryFeed | null {
    const followed = this.#followed.get(slug);
    if (!followed?.loaded?.isCurrent) return null;
    followed.isAsked = true;
    return followed.loaded;
  }

  /** Of every feed with the store's. [F3] */
  async compareHeads(): Promise<void> {
    if (this.#comparing) return;
    this.#comparing = true;
    const compare = async ({ feed }: Followed) => {
      const there = await feed;
      if (there !== null && there !== "removed") await there.compareHeads();
    };
    // The store that is away is heard of elsewhere; the next comparison makes up for this one.
    await Promise.allSettled([...this.#followed.values()].map(compare));
    this.#comparing = false;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const [slug, followed] of this.#followed) this.#letGo(slug, followed);
  }

  #start(slug: string): Followed {
    const followed: Followed = {
      feed: Promise.resolve(null),
      loaded: null,
      holders: 0,
      isAsked: false,
      linger: undefined,
      letGo: () => {},
    };
    this.#followed.set(slug, followed);
    followed.feed = this.#load(slug, followed);
    return followed;
  }

  async #load(slug: string, followed: Followed): Promise<StoryFeed | "removed" | null> {
    const { stores, site, onTrouble, onRepair, wait = waitMs } = this.#options;
    const relay = new Relay();
    try {
      // Subscribed first: what is committed while the story is read reaches the feed, which knows what it has already.
      followed.letGo = await stores.announcements.subscribe(slug, relay);
      const loaded = await stores.timelines.load(slug, WINDOW_ENTRIES);
      if (loaded !== null && loaded !== "removed") {
        const feed = new StoryFeed({ slug, site, stores, onTrouble, onRepair, wait }, loaded);
        followed.loaded = feed;
        const unsubscribe = followed.letGo;
        followed.letGo = () => {
          unsubscribe();
          feed.close();
        };
        feed.subscribe(({ kind }) => kind === "removed" && this.#letGo(slug, followed));
        relay.connect(feed);
        // The store may have said so while the story was still being read.
        return feed.isRemoved ? "removed" : feed;
      }
      this.#letGo(slug, followed);
      return loaded;
    } catch (error) {
      this.#letGo(slug, followed);
      throw error;
    }
  }

  #release(slug: string, followed: Followed): void {
    followed.holders -= 1;
    if (followed.holders > 0 || this.#followed.get(slug) !== followed) return;
    this.#linger(slug, followed);
  }

  #linger(slug: string, followed: Followed): void {
    const { lingerMs = 60_000 } = this.#options;
    followed.isAsked = false;
    const end = () => (followed.isAsked ? this.#linger(slug, followed) : this.#letGo(slug, followed));
    followed.linger = setTimeout(end, lingerMs).unref();
  }

  #letGo(slug: string, followed: Followed): void {
    clearTimeout(followed.linger);
    if (this.#followed.get(slug) === followed) this.#followed.delete(slug);
    followed.letGo();
  }
}

/** Keeps what is announced until there is a feed to hear it. */
class Relay implements AnnouncementListener {
  #feed: AnnouncementListener | null = null;
  #early: Announcement[] = [];
  #interrupted = false;
  #lost = false;

  announced(announcement: Announcement): void {
    if (this.#feed) this.#feed.announced(announcement);
    else this.#early.push(announcement);
  }

  lost(): void {
    if (this.#feed) this.#feed.lost?.();
    else this.#lost = true;
  }

  interrupted(): void {
    this.#lost = false;
    if (this.#feed) this.#feed.interrupted();
    else this.#interrupted = true;
  }

  connect(feed: AnnouncementListener): void {
    this.#feed = feed;
    if (this.#interrupted) feed.interrupted();
    if (this.#lost) feed.lost?.();
    for (const announcement of this.#early) feed.announced(announcement);
    this.#early = [];
  }
}

function waitMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
