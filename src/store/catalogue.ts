import type { StoryStatus } from "../protocol/shapes.ts";
import type { StoredStory } from "./records.ts";

/** Which stories there are. Eventually consistent with the timelines. */
export interface Catalogue {
  /** Latest change first; removed stories are not listed. */
  list(query: CatalogueQuery): Promise<CataloguePage>;
}

export type CatalogueQuery = {
  statuses: StoryStatus[];
  /** A topic's slug. */
  topic?: string | undefined;
  limit: number;
  /** From an earlier page. */
  cursor?: CatalogueCursor | undefined;
};
export type CatalogueCursor = { changedAt: string; slug: string };
export type CatalogueEntry = { story: StoredStory; allowedOrigins: string[]; changedAt: string };
export type CataloguePage = { stories: CatalogueEntry[]; next: CatalogueCursor | null };
