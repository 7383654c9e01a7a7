import { RateWindows } from "../../protocol/rate-windows.ts";
import type { Tallies } from "../tallies.ts";

/** Of a store that only one node can open: what it counts itself is the sum. */
export function ownTallies(): Tallies {
  const windows = new RateWindows();
  return {
    async share(_slug, _node, count) {
      return count;
    },
    async count(key, windowMs) {
      return windows.count(key, windowMs, performance.now());
    },
  };
}
