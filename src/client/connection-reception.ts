import type { ChangesEvent, JoinReply } from "../protocol/events.ts";
import type { Change } from "../protocol/shapes.ts";
import { fromSnapshot, receive, type Timeline } from "../protocol/timeline.ts";

/** A new state of the story for the page; `changes` is null when the story was taken anew. */
export type News = { timeline: Timeline; changes: readonly Change[] | null };

/** What a reader holds after taking something in, and what of it is news. */
export type Taken = { timeline: Timeline; news: readonly News[] };

/**
 * @param asked the position that was asked from.
 * @returns null when the answer does not lead on from what the reader holds: it has to ask for a snapshot.
 */
export function takeAnswer(
  held: Timeline | null,
  reply: Extract<JoinReply, { ok: true }>,
  asked: string | undefined,
): Taken | null {
  if (reply.mode === "snapshot") return takeSnapshot(held, fromSnapshot(reply.epoch, reply.snapshot), asked);
  if (!held) return null;
  const { outcome, timeline } = receive(held, reply.epoch, reply);
  if (outcome === "hole") return null;
  return { timeline, news: outcome === "applied" ? [{ timeline, changes: reply.changes }] : [] };
}

/**
 * A node that lags behind the one the reader comes from answers a reader who names no position, or has learned more
 * since, with an older snapshot of the same run of the clock: what the reader holds is newer, and the ranges that follow
 * lead on from it or are known. Whoever names what it holds and gets an older one learns that the story has lost it. A
 * snapshot of the very commit that the reader holds may still show more of it.
 */
function takeSnapshot(held: Timeline | null, offered: Timeline, asked: string | undefined): Taken {
  const isOlder = held?.epoch === offered.epoch && offered.seq < held.seq && held.position !== asked;
  const isSame = held?.position === offered.position && offered.entries.length <= held.entries.length;
  if (held && (isOlder || isSame)) return { timeline: held, news: [] };
  return { timeline: offered, news: [{ timeline: offered, changes: null }] };
}

/**
 * Adds the ranges that came before their answer. What the answer covers is known by now; what belongs to another run of
 * the clock is no longer of use.
 */
export function takeEarly(taken: Taken, early: readonly ChangesEvent[]): Taken & { hole: boolean } {
  let { timeline } = taken;
  let wanted = 0;
  const news = [...taken.news];
  for (const range of early) {
    if (range.epoch !== timeline.epoch) continue;
    const received = receive(timeline, range.epoch, range);
    if (received.outcome === "applied") news.push({ timeline: received.timeline, changes: range.changes });
    if (received.outcome === "hole") wanted = Math.max(wanted, range.to);
    timeline = received.timeline;
  }
  return { timeline, news, hole: wanted > timeline.seq };
}
