import type { Change, Snapshot } from "../protocol/shapes.ts";
import type { Timeline } from "../protocol/timeline.ts";

/**
 * What a reader may be told about the connection. `since` is milliseconds since 1970: the last time at which the
 * timeline was proven to be whole, null when it never was.
 */
export type LivenessState =
  /** Not connected yet, or the first answer is still under way. */
  | { kind: "connecting" }
  /** Everything that was published is on the timeline. `since`: the last answer or delivery that proved it. */
  | { kind: "live"; since: number }
  /** Connection lost; the timeline shows the state of `since`. */
  | { kind: "reconnecting"; since: number | null }
  /** The browser has no network. */
  | { kind: "offline"; since: number | null }
  /** Asleep until the tab is seen again. */
  | { kind: "asleep"; since: number | null }
  /** The story has ended; the socket is closed and the story looked at again once a minute. */
  | { kind: "ended" }
  /** The service said no, for good: `code` and `message` are the problem's. */
  | { kind: "refused"; code: string; message: string };

export type StoryConnectionOptions = {
  /** Origin of the service, e.g. `https://live.example.com`. */
  url: string;
  /** The story's slug. */
  story: string;
  /** What the page already shows; the connection then asks only for what came later. */
  snapshot?: Snapshot | undefined;
  /** Entries in the first snapshot. @default 50 */
  limit?: number | undefined;
  /** Called with every new state of the story, in order. `changes` is null when the story was taken anew. */
  onTimeline(timeline: Timeline, changes: readonly Change[] | null): void;
  onState(state: LivenessState): void;
  /** How many read along; asking for it makes the service send it. */
  onPresence?: ((watching: number) => void) | undefined;
};

export type StoryConnection = {
  /**
   * Lets go of all but the newest `count` entries, for a page that stays open for long; the next timeline is shorter.
   * Nothing happens while others follow the same story.
   */
  keepNewest(count: number): void;
  /** Lets go of the story; the socket is shared and closes with its last story. Safe to call twice. */
  close(): void;
};
