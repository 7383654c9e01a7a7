import { randomBytes } from "node:crypto";
import type { AnnouncementListener, Announcements } from "../announcements.ts";
import { tellEach } from "../listeners.ts";
import { StoreUnavailable } from "../timeline-store.ts";
import { parseAnnouncement } from "./announcement.ts";
import { answered, type Commands } from "./commands.ts";
import type { KeySpace } from "./key-space.ts";
import type { ChannelListener, Subscriber } from "./subscriber.ts";
import type { SubscriberPool } from "./subscriber-pool.ts";

/** A nonce that was sent and has not come back by then will not: the connection is deaf. */
const PROBE_TIMEOUT_MS = 2_000;
/** An answer waits no longer for its own announcement. Past that the connection is deaf or slow, and probes find out. */
const OWN_ANNOUNCEMENT_MS = 250;

/** How this node hears of commits: one subscription a story, however many listen. */
export class RedisAnnouncements implements Announcements {
  readonly #commands: Commands;
  readonly #keySpace: KeySpace;
  readonly #pool: SubscriberPool;
  readonly #stories = new Map<string, StoryChannel>();
  readonly #probes = new Map<Subscriber, Probe>();
  readonly #name = randomBytes(9).toString("base64url");
  #closed = false;

  constructor(commands: Commands, keySpace: KeySpace, pool: SubscriberPool) {
    this.#commands = commands;
    this.#keySpace = keySpace;
    this.#pool = pool;
    pool.onMoved((channel) => this.#stories.get(channel));
  }

  async subscribe(slug: string, listener: AnnouncementListener): Promise<() => void> {
    if (this.#closed) throw new StoreUnavailable("The store is closed.");
    const name = this.#keySpace.channelOf(slug);
    const story = this.#stories.get(name) ?? this.#open(name);
    const leave = story.add(listener);
    const undo = () => {
      leave();
      if (story.isEmpty) this.#drop(name, story);
    };
    try {
      await answered(story.inForce);
    } catch (error) {
      undo();
      throw error;
    }
    return undo;
  }

  /**
   * Resolves when this node has heard of that commit, or will not soon: whoever is told that its commit is done finds
   * it on this node. Ask before the commit is sent.
   */
  expect(slug: string, tag: string): Promise<void> {
    return this.#stories.get(this.#keySpace.channelOf(slug))?.expect(tag) ?? Promise.resolve();
  }

  /** On every connection that hears of stories. One that does not bring its nonce back is made anew. */
  async probe(): Promise<void> {
    if (this.#closed) throw new StoreUnavailable("The store is closed.");
    const home = this.#pool.subscriberOf(this.#keySpace.probeChannel(".probe", this.#name));
    if (!home) throw new StoreUnavailable("The store cannot be listened to.");
    const subscribers = new Set([home, ...this.#pool.subscribers]);
    for (const known of this.#probes.keys()) if (!subscribers.has(known)) this.#probes.delete(known);
    await Promise.all([...subscribers].map((subscriber) => this.#probeOne(subscriber)));
  }

  close(): void {
    this.#closed = true;
    this.#pool.close();
  }

  #open(name: string): StoryChannel {
    const story = new StoryChannel();
    this.#stories.set(name, story);
    const subscriber = this.#pool.subscriberOf(name);
    story.inForce = subscriber ? subscriber.subscribe(name, story) : Promise.reject(new Error("Unknown slot."));
    story.inForce.catch(() => this.#stories.get(name) === story && this.#stories.delete(name));
    return story;
  }

  #drop(name: string, story: StoryChannel): void {
    if (this.#stories.get(name) !== story) return;
    this.#stories.delete(name);
    this.#pool.subscriberOf(name)?.drop(name);
  }

  async #probeOne(subscriber: Subscriber): Promise<void> {
    const probe = this.#probes.get(subscriber) ?? new Probe(this.#probeChannelOn(subscriber));
    this.#probes.set(subscriber, probe);
    const nonce = randomBytes(9).toString("base64url");
    try {
      await answered(probe.listen(subscriber));
    } catch (error) {
      this.#probes.delete(subscriber);
      throw error;
    }
    const back = probe.expect(nonce);
    await this.#commands.ask((client) => client.spublish(probe.channel, nonce));
    if (await back) return;
    subscriber.reconnect();
    throw new StoreUnavailable("What is published through the store does not come back.");
  }

  /** A channel that lives where the subscriber's stories do. */
  #probeChannelOn(subscriber: Subscriber): string {
    const [channel] = [...subscriber.channels];
    const slug = channel && /\{(.+?)\}/.exec(channel)?.[1];
    return this.#keySpace.probeChannel(slug ?? ".probe", this.#name);
  }
}

/** What arrives on one story's channel, read once for all that listen. */
class StoryChannel implements ChannelListener {
  readonly #subscriptions = new Set<{ listener: AnnouncementListener }>();
  readonly #expected = new Map<string, () => void>();
  inForce: Promise<void> = Promise.resolve();

  get isEmpty(): boolean {
    return this.#subscriptions.size === 0;
  }

  add(listener: AnnouncementListener): () => void {
    const subscription = { listener };
    this.#subscriptions.add(subscription);
    return () => this.#subscriptions.delete(subscription);
  }

  expect(tag: string): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#expected.delete(tag);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, OWN_ANNOUNCEMENT_MS);
      this.#expected.set(tag, done);
    });
  }

  heard(message: string): void {
    const announcement = parseAnnouncement(message);
    // Not one of ours, or one that a newer version sends: something may have happened, and the store knows what.
    if (!announcement) this.interrupted();
    else tellEach(this.#subscriptions, ({ listener }) => listener.announced(announcement));
    if (announcement?.kind === "commit") this.#expected.get(announcement.tag)?.();
  }

  lost(): void {
    tellEach(this.#subscriptions, ({ listener }) => listener.lost?.());
  }

  interrupted(): void {
    tellEach(this.#subscriptions, ({ listener }) => listener.interrupted());
  }
}

/** A channel of this node alone, on which its own nonces come back. */
class Probe implements ChannelListener {
  readonly channel: string;
  readonly #waiting = new Map<string, (isBack: boolean) => void>();
  #listening: Promise<void> | undefined;

  constructor(channel: string) {
    this.channel = channel;
  }

  listen(subscriber: Subscriber): Promise<void> {
    this.#listening ??= subscriber.subscribe(this.channel, this);
    return this.#listening;
  }

  /** @returns false when it has not come back in time. */
  expect(nonce: string): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isBack: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(nonce);
        resolve(isBack);
      };
      const timer = setTimeout(() => settle(false), PROBE_TIMEOUT_MS);
      this.#waiting.set(nonce, settle);
    });
  }

  heard(nonce: string): void {
    this.#waiting.get(nonce)?.(true);
  }

  interrupted(): void {}
}
