import type { JoinReply } from "../../protocol/events.ts";
import { embedSnapshotUrl } from "../../protocol/links.ts";
import { LOOK_DEADLINE_MS } from "../connection-limits.ts";
import { toRefused } from "../connection-look.ts";
import { toCaughtUp } from "../connection-messages.ts";

type Wanted = { origin: string; slug: string; limit: number };

/**
 * The story, or why this site may not have it, in the form of an answer to a join.
 *
 * @returns null when neither can be learned this way: the connection will learn it.
 */
export async function readFirst({ origin, slug, limit }: Wanted, signal: AbortSignal): Promise<JoinReply | null> {
  try {
    const answer = await fetch(`${embedSnapshotUrl(origin, slug)}?limit=${limit}`, {
      credentials: "omit",
      signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_DEADLINE_MS)]),
    });
    return answer.ok ? toCaughtUp({ mode: "snapshot", snapshot: await answer.json() }) : await toRefused(answer);
  } catch {
    return null;
  }
}
