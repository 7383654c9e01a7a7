import type { Timeline } from "../protocol/timeline.ts";
import { SharedBody } from "./shared-body.ts";

/**
 * What is made of a story in a few variants: each once for each state of the story, however many ask. With the state
 * go its bodies, so that nothing that was withdrawn is kept. [S6]
 */
export class SharedBodies {
  readonly #made = new WeakMap<Timeline, Map<string, SharedBody>>();

  of(timeline: Timeline, variant: string, make: () => string): SharedBody {
    const variants = this.#made.get(timeline) ?? new Map<string, SharedBody>();
    this.#made.set(timeline, variants);
    const body = variants.get(variant) ?? new SharedBody(make());
    variants.set(variant, body);
    return body;
  }
}
