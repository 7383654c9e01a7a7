import { type Timeline, toSnapshot } from "../protocol/timeline.ts";
import { SharedBodies } from "./shared-bodies.ts";
import type { SharedBody } from "./shared-body.ts";

const snapshots = new SharedBodies();

/** A snapshot as it goes over the wire. */
export function sharedSnapshot(timeline: Timeline, limit: number): SharedBody {
  return snapshots.of(timeline, `${limit}`, () => JSON.stringify(toSnapshot(timeline, limit)));
}
