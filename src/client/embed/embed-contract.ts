import type { StoryStatus } from "../../protocol/shapes.ts";
import type { LivenessState } from "../connection-options.ts";

/**
 * What the element and the story inside of it know of each other. Types alone: the element is served under two names
 * (evergreen and immutable), so nothing that runs may be shared with the code that it loads.
 */
export type EmbedSettings = {
  /** Origin of the service. */
  origin: string;
  slug: string;
  /** Entries to be shown. */
  limit: number;
  /** Whether a click may make the element higher. */
  grows: boolean;
  paused: boolean;
};

/** Names and details of what a host page may listen to, each as `live-story:<name>`. */
export type EmbedEvents = {
  /** The story stands in the place of the plain link. */
  ready: { story: string; headline: string; status: StoryStatus; seq: number; entries: string[] };
  /** Entries were published; `waiting` of them are behind the button. */
  update: { story: string; entries: string[]; waiting: number };
  revise: { story: string; entries: string[] };
  retract: { story: string; entries: string[] };
  state: { story: string; state: LivenessState["kind"] };
  ended: { story: string };
  error: { story: string | null; code: string; message: string };
};
export type EmbedEventName = keyof EmbedEvents;

export type EmbedHost = {
  emit<N extends EmbedEventName>(name: N, detail: EmbedEvents[N]): void;
  /** The story's own fields as of `seq` are shown: with them it may have changed who may show it. */
  noteStory(seq: number): void;
  /** Makes the element so much higher, in CSS pixels. */
  grow(byPx: number): void;
};

export type EmbedView = {
  pause(): void;
  resume(): void;
  showNew(): void;
  /** Lets go of the story and leaves the stage empty, so that the plain link is seen. Safe to call twice. */
  close(): void;
};

export type OpenEmbed = (stage: HTMLElement, settings: EmbedSettings, host: EmbedHost) => EmbedView;
