import type { ArchivedRevision, StoryArchive } from "../archive.ts";
import { newEpoch, newTag } from "../epoch.ts";
import type { PlacedText } from "../placement.ts";
import { toStory } from "../stored-forms.ts";
import type { Written } from "./committer.ts";
import type { Tables } from "./tables.ts";

/** `StoryArchives`, each call within a transaction of its caller. */
export class Archives {
  readonly #tables: Tables;
  readonly #keepCommits: number;

  constructor(tables: Tables, keepCommits: number) {
    this.#tables = tables;
    this.#keepCommits = keepCommits;
  }

  exportStory(slug: string): StoryArchive | null {
    const { stories, items, revisions } = this.#tables;
    const state = stories.find(slug);
    if (!state) return null;
    const { head, changedAt, access } = state;
    return { slug, seq: head.seq, changedAt, access, items: items.all(slug), revisions: revisions.all(slug) };
  }

  importStory({ slug, seq, changedAt, access, items, revisions }: StoryArchive): Written<"imported" | "taken"> {
    const { stories, history } = this.#tables;
    if (stories.find(slug) || stories.findRemoved(slug)) return { value: "taken" };
    const fields = items.find(({ kind }) => kind === "story");
    if (!fields) throw new Error("An archive without the story's fields.");
    const head = { epoch: newEpoch(), seq, tag: newTag() };
    const commits = 1;
    stories.save({ slug, head, commits, changedAt, access });
    stories.saveTopics(slug, toStory(fields).topics);
    this.#addItems(slug, items, revisions);
    history.add(slug, { tag: head.tag, head, items: [] }, commits, this.#keepCommits);
    return { value: "imported" };
  }

  #addItems(slug: string, placed: readonly PlacedText[], steps: readonly ArchivedRevision[]): void {
    const { items, revisions } = this.#tables;
    const textIds = new Map(placed.map((item) => [item.seq, items.put(slug, item)]));
    for (const { item, by, body, markdown, ...step } of steps) {
      // Also where the text was erased: that there was one is what a repeated erasure looks for.
      const textOf = () => textIds.get(step.seq) ?? items.addText({ body, markdown });
      revisions.add({ slug, item }, by, step, step.action === "retract" ? null : textOf());
    }
  }
}
