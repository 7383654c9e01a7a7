import type { StoryStatus } from "../protocol/shapes.ts";

/** What a publication depends on. Nothing of the story's text, so that nothing that was withdrawn is kept. [S6] */
export type KnownStory = { epoch: string; seq: number; status: StoryStatus };

/** Those that get entries now; it costs one read of the store to know another one. */
const KNOWN_MAX = 1_000;

/** Stories as the store has last told of them. They may have changed: whoever relies on it guards the story's seq. */
export class KnownStories {
  readonly #bySlug = new Map<string, KnownStory>();

  get(slug: string): KnownStory | undefined {
    return this.#bySlug.get(slug);
  }

  learn(slug: string, story: KnownStory): void {
    if (this.#bySlug.size >= KNOWN_MAX) this.#bySlug.clear();
    this.#bySlug.set(slug, story);
  }

  /** With another epoch the history may be another one, in which the same seq says something else. [S7] */
  confirm(slug: string, { epoch }: { epoch: string }): void {
    if (this.#bySlug.get(slug)?.epoch !== epoch) this.#bySlug.delete(slug);
  }
}
