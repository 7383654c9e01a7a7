import type { Access } from "../protocol/access.ts";
import { withStoryUrl } from "../protocol/links.ts";
import type { Story } from "../protocol/shapes.ts";
import type { Catalogue, CatalogueQuery } from "../store/catalogue.ts";

export type ListedStory = { story: Story; access: Access };
/** `next`: cursor of the next page, null on the last. */
export type StoryPage = { stories: ListedStory[]; next: string | null };
export type StoryListQuery = Omit<CatalogueQuery, "cursor"> & { cursor?: string | undefined };

const FRESH_MS = 1_000;
const CACHED_QUERIES = 100;

/** Which stories there are, from the catalogue: asked at most once a second for the same thing. */
export class StoryList {
  readonly #catalogue: Catalogue;
  readonly #site: string;
  readonly #cache = new Map<string, { page: Promise<StoryPage>; at: number }>();

  constructor(catalogue: Catalogue, site: string) {
    this.#catalogue = catalogue;
    this.#site = site;
  }

  read(query: StoryListQuery): Promise<StoryPage> {
    const key = JSON.stringify(query);
    const cached = this.#cache.get(key);
    if (cached && Date.now() - cached.at < FRESH_MS) return cached.page;
    if (this.#cache.size >= CACHED_QUERIES) this.#cache.clear();
    const page = this.#ask(query);
    this.#cache.set(key, { page, at: Date.now() });
    page.catch(() => this.#cache.delete(key));
    return page;
  }

  async #ask({ cursor, ...query }: StoryListQuery): Promise<StoryPage> {
    const page = await this.#catalogue.list({ ...query, cursor: cursor ? parseListCursor(cursor) : undefined });
    const stories = page.stories.map(({ story, allowedOrigins }) => ({
      story: withStoryUrl(this.#site, story),
      access: { status: story.status, allowedOrigins },
    }));
    return { stories, next: page.next && `${Date.parse(page.next.changedAt).toString(36)}.${page.next.slug}` };
  }
}

const LIST_CURSOR = /^([0-9a-z]{1,9})\.([a-z0-9-]{1,100})$/;

/** @returns undefined for what was never handed out as a cursor. */
export function parseListCursor(text: string): CatalogueQuery["cursor"] {
  const [, milliseconds, slug] = LIST_CURSOR.exec(text) ?? [];
  const at = Number.parseInt(milliseconds ?? "", 36);
  return slug && at < 8.64e15 ? { changedAt: new Date(at).toISOString(), slug } : undefined;
}
