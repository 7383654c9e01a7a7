import type { StoryStatus } from "../../protocol/shapes.ts";
import type { Catalogue, CatalogueEntry, CataloguePage, CatalogueQuery } from "../catalogue.ts";
import type { StoredStory } from "../records.ts";
import { toStory } from "../stored-forms.ts";
import { type Commands, mastersOf } from "./commands.ts";
import type { KeySpace } from "./key-space.ts";
import { type AccessReply, type ItemReply, type PositionReply, toAccess, toPlacedText, toPosition } from "./replies.ts";
import { scripts } from "./scripts.ts";

type ListingReply = [PositionReply, AccessReply, changedAtMs: string, ItemReply[]];
type Listed = {
  story: StoredStory;
  allowedOrigins: string[];
  changedAtMs: number;
  headSeq: number;
  status: StoryStatus;
  /** Slugs. */
  topics: string[];
};

/** One node looks through all stories at most that often: another may have died between a commit and its listing. */
const REBUILD_EVERY_MS = 10 * 60_000;
const LOOK_EVERY_MS = 60_000;
const SCAN_AT_ONCE = 500;

/**
 * Which stories there are. The catalogue lives in a slot of its own, so that it is told of a commit after it, by the
 * node that committed; it holds nothing that the stories do not say themselves.
 */
export class ListedStories implements Catalogue {
  readonly #commands: Commands;
  readonly #keySpace: KeySpace;
  /** Slugs that are being listed; true: once more. */
  readonly #listing = new Map<string, { again: boolean; done: Promise<boolean> }>();
  readonly #timer: NodeJS.Timeout;
  #rebuilding: Promise<void> | undefined;
  #closed = false;

  constructor(commands: Commands, keySpace: KeySpace) {
    this.#commands = commands;
    this.#keySpace = keySpace;
    this.#timer = setInterval(() => this.#rebuildIfDue(), LOOK_EVERY_MS).unref();
    this.#rebuildIfDue();
  }

  async list({ statuses, topic, limit, cursor }: CatalogueQuery): Promise<CataloguePage> {
    const wanted = [...new Set(statuses)];
    const indexes = wanted.map((status) => `${this.#indexPrefix}${status}${topic === undefined ? "" : `:${topic}`}`);
    const after = cursor ? [-Date.parse(cursor.changedAt), cursor.slug] : [];
    const keys = [this.#key("stories"), ...indexes];
    const args = [limit + 1, ...after];
    const reply = await this.#commands.run<[string, string, string][]>(scripts.list, keys, args);
    const stories = reply.slice(0, limit).map(([, , json]) => toEntry(JSON.parse(json) as Listed));
    const last = stories.at(-1);
    const next = last && reply.length > limit ? { changedAt: last.changedAt, slug: last.story.slug } : null;
    return { stories, next };
  }

  /** Lists the story as it is now; several commits in a row are listed once. @returns false when it could not be. */
  update(slug: string): Promise<boolean> {
    const known = this.#listing.get(slug);
    if (known) known.again = true;
    const listing = known ?? { again: false, done: this.#list(slug) };
    this.#listing.set(slug, listing);
    return listing.done;
  }

  /** Waits for what is being listed. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await Promise.all([this.#rebuilding, ...[...this.#listing.values()].map(({ done }) => done)]);
  }

  async #list(slug: string): Promise<boolean> {
    await Promise.resolve();
    const listing = this.#listing.get(slug);
    try {
      do {
        if (listing) listing.again = false;
        await this.#listNow(slug);
      } while (listing?.again);
      return true;
    } catch {
      // The store is away: the next commit lists it, or the next look through all stories.
      return false;
    } finally {
      this.#listing.delete(slug);
    }
  }

  async #listNow(slug: string): Promise<void> {
    const reply = await this.#commands.run<ListingReply | "removed" | null>(
      scripts.listing,
      this.#keySpace.ofStory(slug),
      [],
    );
    if (reply === null) return;
    const keys = [this.#key("stories"), this.#key("gone")];
    const listed = reply === "removed" ? null : toListed(reply);
    const args = listed ? [slug, listed.changedAtMs, JSON.stringify(listed)] : [slug, 0];
    await this.#commands.run(scripts.catalogue, keys, [this.#indexPrefix, ...args]);
  }

  #rebuildIfDue(): void {
    this.#rebuilding ??= this.#rebuild()
      .catch(() => {})
      .finally(() => {
        this.#rebuilding = undefined;
      });
  }

  async #rebuild(): Promise<void> {
    const mine = await this.#commands.ask((client) =>
      client.set(this.#key("rebuilt"), "1", "PX", REBUILD_EVERY_MS, "NX"),
    );
    if (mine === null) return;
    const { pattern, slugOf } = this.#keySpace.heads;
    for (const master of mastersOf(this.#commands.client)) {
      let cursor = "0";
      do {
        const from = cursor;
        const [next, keys] = await this.#commands.ask(() => master.scan(from, "MATCH", pattern, "COUNT", SCAN_AT_ONCE));
        for (const slug of keys.map(slugOf)) if (slug !== undefined && !this.#closed) await this.#listNow(slug);
        cursor = next;
      } while (cursor !== "0" && !this.#closed);
    }
  }

  get #indexPrefix(): string {
    return this.#key("by:");
  }

  #key(name: string): string {
    return this.#keySpace.of("catalogue", name);
  }
}

function toListed([head, access, changedAtMs, items]: ListingReply): Listed {
  const [item] = items;
  if (!item) throw new Error("A story has lost its fields.");
  const story = toStory(toPlacedText(item));
  const { status, allowedOrigins } = toAccess(access);
  return {
    ...{ story, status },
    allowedOrigins: [...allowedOrigins],
    changedAtMs: Number(changedAtMs),
    headSeq: toPosition(head).seq,
    topics: story.topics.map(({ slug }) => slug),
  };
}

function toEntry({ story, allowedOrigins, changedAtMs }: Listed): CatalogueEntry {
  return { story, allowedOrigins, changedAt: new Date(changedAtMs).toISOString() };
}
