import { formatCursor } from "../protocol/entry-order.ts";
import type { CatchUp } from "../protocol/events.ts";
import { CATCH_UP_MAX_ITEMS, REPLY_MAX_BYTES } from "../protocol/limits.ts";
import { canResume, formatPosition, type Position } from "../protocol/position.ts";
import type { Changes, Snapshot } from "../protocol/shapes.ts";
import { changesAfter, type Timeline, toSnapshot } from "../protocol/timeline.ts";
import type { CommitLog } from "./commit-log.ts";

/** What a reader at `position` is answered; without a position, or with one that cannot be resumed, a snapshot. */
export function replyTo(timeline: Timeline, log: CommitLog, position: Position | null, limit: number): CatchUp {
  const changes = position && canResume(position, log) ? changesSince(timeline, log, position.seq) : null;
  if (changes) return { mode: "changes", ...changes };
  return { mode: "snapshot", snapshot: fit(toSnapshot(timeline, limit)) };
}

/** @returns null when a snapshot serves the reader better. */
function changesSince(timeline: Timeline, log: CommitLog, from: number): Changes | null {
  const changes = changesAfter(timeline, from);
  if (changes.length > CATCH_UP_MAX_ITEMS || bytesOf(changes) > REPLY_MAX_BYTES) return null;
  return { from, to: timeline.seq, changes, position: formatPosition(log.head) };
}

/** Fewer entries until the snapshot fits into one reply; the rest is behind `older`. */
function fit(snapshot: Snapshot): Snapshot {
  let room = REPLY_MAX_BYTES - bytesOf({ ...snapshot, entries: [] });
  const count = snapshot.entries.findIndex((entry) => {
    room -= bytesOf(entry) + 1;
    return room < 0;
  });
  if (count < 0) return snapshot;
  // One entry is always sent: the largest is far below the bound.
  const entries = snapshot.entries.slice(0, Math.max(1, count));
  const last = entries.at(-1);
  return { ...snapshot, entries, older: last ? formatCursor(last) : null };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
