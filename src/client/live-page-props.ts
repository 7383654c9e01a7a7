import { localZone } from "../view/dates.ts";
import type { LiveControls, Liveness } from "../view/live-controls.ts";
import type { LiveStoryProps } from "../view/live-story.tsx";
import { lastUpdateOf } from "../view/page-state.ts";
import type { Strings } from "../view/strings.ts";
import type { LivenessState } from "./connect-story.ts";
import {
  keyMoments,
  type LivePageState,
  leftOff,
  olderCursor,
  pendingEntries,
  pinnedEntry,
  shownEntries,
} from "./live-page-state.ts";

/** What only the browser knows, beside the state of the page. */
export type Surroundings = {
  targetId: string | null;
  strings: Strings;
  liveness: LivenessState;
  /** The first connection should have been there by now. */
  isLate: boolean;
} & Pick<LiveControls, "announcement" | "copiedId" | "zone" | "can" | "on">;

/** The page to draw for a state. */
export function livePageProps(state: LivePageState, around: Surroundings, now: number): LiveStoryProps {
  const { timeline, page, reader, freshSince } = state;
  const { targetId, strings, liveness, isLate, ...controls } = around;
  return {
    story: timeline.story,
    background: timeline.background,
    entries: shownEntries(state),
    older: olderCursor(state),
    newer: page.newer,
    isNewestPage: page.isNewest,
    pinned: pinnedEntry(state),
    keyMoments: keyMoments(state),
    targetId,
    preview: null,
    lastUpdate: page.isNewest ? lastUpdateOf(timeline.entries) : null,
    liveness: shownLiveness(liveness, isLate),
    clock: { zone: around.zone === "reader" ? localZone() : timeline.story.timeZone, strings, now },
    live: {
      ...controls,
      pending: pendingEntries(state).length,
      paused: reader.paused,
      fresh: new Set(freshSince.keys()),
      leftOff: leftOff(state),
    },
  };
}

function shownLiveness(state: LivenessState, isLate: boolean): Liveness {
  switch (state.kind) {
    case "connecting":
      return { kind: isLate ? "reconnecting" : "unknown" };
    case "ended":
      return { kind: "unknown" };
    case "asleep":
      return { kind: "reconnecting" };
    case "refused":
      return { kind: "stopped" };
    default:
      return state;
  }
}

const GONE: readonly string[] = ["not_found", "story_removed", "forbidden"];

/** Whether the newsroom has taken the story down, so that nothing of it may stay on an open page. */
export function isGone(liveness: LivenessState): boolean {
  return liveness.kind === "refused" && GONE.includes(liveness.code);
}
