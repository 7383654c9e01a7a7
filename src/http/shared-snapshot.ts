import { type Timeline, toSnapshot } from "../protocol/timeline.ts";
import { SharedBody } from "./shared-body.ts";

const byTimeline = new WeakMap<Timeline, Map<number, SharedBody>>();

/** A snapshot as it goes over the wire, made once for each state of a story and each limit, however many ask. */
export function sharedSnapshot(timeline: Timeline, limit: number): SharedBody {
  const byLimit = byTimeline.get(timeline) ?? new Map<number, SharedBody>();
  byTimeline.set(timeline, byLimit);
  const body = byLimit.get(limit) ?? new SharedBody(JSON.stringify(toSnapshot(timeline, limit)));
  byLimit.set(limit, body);
  return body;
}
