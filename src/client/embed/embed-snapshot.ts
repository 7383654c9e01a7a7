import { apiStoryUrl } from "../../protocol/links.ts";
import type { Snapshot } from "../../protocol/shapes.ts";
import { LOOK_DEADLINE_MS } from "../connection-limits.ts";
import { toCaughtUp } from "../connection-messages.ts";

type Wanted = { origin: string; slug: string; limit: number };

/** @returns null when it cannot be had this way, for whatever reason: the connection will learn which. */
export async function fetchSnapshot({ origin, slug, limit }: Wanted, signal: AbortSignal): Promise<Snapshot | null> {
  try {
    const answer = await fetch(`${apiStoryUrl(origin, slug)}?limit=${limit}`, {
      credentials: "omit",
      signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_DEADLINE_MS)]),
    });
    if (!answer.ok) return null;
    const reply = toCaughtUp({ mode: "snapshot", snapshot: await answer.json() });
    return reply?.ok && reply.mode === "snapshot" ? reply.snapshot : null;
  } catch {
    return null;
  }
}
