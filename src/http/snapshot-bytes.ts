import { type Timeline, toSnapshot } from "../protocol/timeline.ts";

/** Snapshots as they go over the wire, made once for each state of a story and each limit, however many ask. */
const bytesByTimeline = new WeakMap<Timeline, Map<number, Buffer>>();

export function snapshotBytes(timeline: Timeline, limit: number): Buffer {
  const byLimit = bytesByTimeline.get(timeline) ?? new Map<number, Buffer>();
  bytesByTimeline.set(timeline, byLimit);
  const bytes = byLimit.get(limit) ?? Buffer.from(JSON.stringify(toSnapshot(timeline, limit)));
  byLimit.set(limit, bytes);
  return bytes;
}
