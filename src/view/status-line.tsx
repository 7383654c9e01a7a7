import type { Story } from "../protocol/shapes.ts";
import { type Clock, formatAge, formatDateTime, formatTimeOfDay } from "./dates.ts";
import type { LiveControls, Liveness } from "./live-controls.ts";

type StatusLineProps = {
  story: Story;
  /** When the newest change of an entry was made; null without entries. */
  lastUpdate: string | null;
  liveness: Liveness;
  clock: Clock;
  live: LiveControls | null;
};

export function StatusLine({ story, lastUpdate, liveness, clock, live }: StatusLineProps) {
  const { strings } = clock;
  const canPause = story.status === "live" || story.status === "paused";
  return (
    <div class="status-line">
      <p class={`status status--${tone(story, liveness)}`} data-connection={liveness.kind} {...strings.spoken}>
        {statusText(story, lastUpdate, liveness, clock, live)}
      </p>
      {canPause ? (
        <button type="button" class="pause" {...strings.spoken} hidden={!live} onClick={live?.on.togglePause}>
          {live?.paused ? strings.resume : strings.pause}
        </button>
      ) : null}
    </div>
  );
}

function tone(story: Story, liveness: Liveness): string {
  const isWaiting = liveness.kind !== "unknown" && liveness.kind !== "live";
  return isWaiting && story.status !== "ended" ? "waiting" : story.status;
}

function statusText(
  story: Story,
  lastUpdate: string | null,
  liveness: Liveness,
  clock: Clock,
  live: LiveControls | null,
) {
  const { strings } = clock;
  if (story.status === "ended") {
    return withBadge(strings.ended, story.coverageEnd && formatDateTime(story.coverageEnd, clock));
  }
  if (liveness.kind === "reconnecting") return strings.reconnecting;
  if (liveness.kind === "stopped") return strings.notUpdating;
  if (liveness.kind === "offline") {
    if (liveness.since === null) return strings.offline;
    return strings.offlineShowing(formatTimeOfDay(new Date(liveness.since).toISOString(), clock));
  }
  if (story.status === "draft") return withBadge(strings.draft, strings.draftNotice);
  if (story.status === "scheduled") {
    return withBadge(strings.scheduled, strings.startsAt(formatDateTime(story.coverageStart, clock)));
  }
  if (live?.paused) return withBadge(strings[story.status], strings.updatesHeld);
  if (story.status === "paused") return withBadge(strings.paused, strings.coveragePaused);
  const age = lastUpdate && liveness.kind === "live" ? formatAge(lastUpdate, clock) : null;
  return withBadge(strings.live, lastUpdate && strings.updatedAgo(age ?? formatDateTime(lastUpdate, clock)));
}

function withBadge(badge: string, rest: string | null) {
  return (
    <>
      <strong class="badge">{badge}</strong>
      {rest ? <span class="status-rest">{` · ${rest}`}</span> : null}
    </>
  );
}
