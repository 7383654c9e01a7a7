import { RateWindows } from "../../protocol/rate-windows.ts";
import type { Tallies } from "../tallies.ts";

/** Of a store that is counted for in one place: by the only node that can open it, or by the hub of several. */
export function ownTallies(): Tallies {
  const windows = new RateWindows();
  const audiences = new Map<string, Map<string, Share>>();
  return {
    async share(slug, node, count, forMs) {
      const now = performance.now();
      const audience = audiences.get(slug) ?? new Map<string, Share>();
      audiences.set(slug, audience);
      audience.set(node, { count, until: now + (count === 0 ? 0 : forMs) });
      for (const [name, { until }] of audience) if (until <= now) audience.delete(name);
      if (audience.size === 0) audiences.delete(slug);
      return [...audience.values()].reduce((sum, share) => sum + share.count, 0);
    },
    async count(key, windowMs) {
      return windows.count(key, windowMs, performance.now());
    },
  };
}

type Share = { count: number; until: number };
