import { PAGE_LIMIT_DEFAULT } from "../protocol/limits.ts";
import type { Change } from "../protocol/shapes.ts";
import { fromSnapshot, type Timeline } from "../protocol/timeline.ts";
import { epochOf } from "./connection-messages.ts";
import type { LivenessState, StoryConnectionOptions } from "./connection-options.ts";

/** One caller who follows a story, and is told only what it does not know yet. */
export class Listener {
  readonly story: string;
  /** Entries in a snapshot, if it needs one. */
  readonly limit: number;
  readonly wantsPresence: boolean;
  readonly #options: StoryConnectionOptions;
  readonly #report: (error: unknown) => void;
  #shown: Timeline | null;
  #told = "";
  #isSilent = false;

  /** @param report takes what a callback throws. */
  constructor(options: StoryConnectionOptions, report: (error: unknown) => void) {
    const { story, limit = PAGE_LIMIT_DEFAULT, snapshot, onPresence } = options;
    this.story = story;
    this.limit = limit;
    this.wantsPresence = onPresence !== undefined;
    this.#options = options;
    this.#report = report;
    const epoch = epochOf(snapshot?.position);
    this.#shown = snapshot && epoch ? fromSnapshot(epoch, snapshot) : null;
  }

  /** What it shows; null: nothing yet. */
  get shown(): Timeline | null {
    return this.#shown;
  }

  tellTimeline(timeline: Timeline, changes: readonly Change[] | null): void {
    const shown = this.#shown;
    const isKnown = shown?.position === timeline.position;
    if (isKnown || (shown?.epoch === timeline.epoch && timeline.seq < shown.seq)) return;
    this.#shown = timeline;
    this.#call(() => this.#options.onTimeline(timeline, changes));
  }

  /** The same state of the story, without the entries that it wants no longer. */
  takeShortened(timeline: Timeline | null): void {
    if (this.#shown?.position === timeline?.position) this.#shown = timeline;
  }

  tellState(state: LivenessState): void {
    const told = JSON.stringify(state);
    if (told === this.#told) return;
    this.#told = told;
    this.#call(() => this.#options.onState(state));
  }

  tellPresence(watching: number): void {
    this.#call(() => this.#options.onPresence?.(watching));
  }

  /** From now on it is told nothing. @returns false when that was so already. */
  silence(): boolean {
    const wasSilent = this.#isSilent;
    this.#isSilent = true;
    return !wasSilent;
  }

  /** An error of the page's own must not disturb the connection. */
  #call(callback: () => void): void {
    if (this.#isSilent) return;
    try {
      callback();
    } catch (error) {
      this.#report(error);
    }
  }
}
