import { canResume, type Position } from "../../protocol/position.ts";
import { toBackground, toChange, toEntry, toStory } from "../stored-forms.ts";
import type { LoadedStory, PageEdge, StoredChanges, StoredPage } from "../timeline-store.ts";
import type { Tables } from "./tables.ts";

/** The reads of `TimelineStore`, each within a transaction of its caller. */
export class Timelines {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  load(slug: string, limit: number): LoadedStory | "removed" | null {
    const { stories, items, history } = this.#tables;
    const state = stories.find(slug);
    if (!state) return stories.findRemoved(slug) ? "removed" : null;
    const { head, access } = state;
    const [storyRow] = items.read(slug, ["story"]);
    const [backgroundRow] = items.read(slug, ["background"]);
    if (!storyRow) throw new Error("A story has lost its fields.");
    const entries = items.newest(slug, limit);
    const tags = history.tagsAfter(slug, head.epoch, 0);
    const shown = new Set(entries.map(({ item }) => item));
    const touched = items.touchedSince(slug, tags[0]?.seq ?? head.seq);
    const hidden = touched.filter(({ kind, item }) => (kind === "entry" && !shown.has(item)) || kind === "retraction");
    return {
      ...{ head, access, tags },
      story: toStory(storyRow),
      background: backgroundRow ? toBackground(backgroundRow) : null,
      backgroundChange: { seq: backgroundRow?.seq ?? 0, at: (backgroundRow ?? storyRow).changedAt },
      entries: entries.map(toEntry),
      total: items.countEntries(slug),
      recent: hidden.map(toChange),
    };
  }

  /** [S4] */
  changesSince(slug: string, position: Position): StoredChanges | "reset" {
    const { stories, items, history } = this.#tables;
    const state = stories.find(slug);
    if (!state) return "reset";
    const { head, access } = state;
    const { seq: from } = position;
    if (!canResume(position, { head, tagAt: (seq) => history.tagAt(slug, head.epoch, seq) })) return "reset";
    const changes = items.touchedSince(slug, from).map(toChange);
    return { from, head, access, changes, tags: history.tagsAfter(slug, head.epoch, from) };
  }

  page(slug: string, edge: PageEdge, limit: number): StoredPage {
    const { stories, items } = this.#tables;
    const isBelow = "below" in edge;
    const nearest = isBelow ? items.below(slug, edge.below, limit + 1) : items.above(slug, edge.above, limit + 1);
    const entries = nearest.slice(0, limit).map(toEntry);
    const seq = stories.find(slug)?.head.seq ?? 0;
    return { seq, entries: isBelow ? entries : entries.reverse(), more: nearest.length > limit };
  }
}
