import type { JoinReply } from "../protocol/events.ts";
import { apiStoryUrl } from "../protocol/links.ts";
import { toCaughtUp } from "./connection-messages.ts";

/** A `fetch` without cookies that gives up on its own. */
export type Get = (url: string, headers: Record<string, string>) => Promise<Response>;

export type Look = { origin: string; story: string; limit: number; position: string };

/** Withdrawn, removed, or no longer for this origin. */
const GONE = [403, 404, 410];

/**
 * Asks whether a story has changed since `position`, at the price of an empty answer when it has not. What changed is
 * read as changes, so that the reader's window stays as it is.
 *
 * @returns the answer in the form of one to a join; null when nothing is new, or nothing could be learned.
 */
export async function lookAgain(get: Get, { origin, story, limit, position }: Look): Promise<JoinReply | null> {
  const url = apiStoryUrl(origin, story);
  const same = await get(`${url}?limit=${limit}`, { "If-None-Match": `"${position}"` });
  if (!same.ok) return toRefused(same);
  await same.body?.cancel();
  const caughtUp = await get(`${url}/changes?after=${encodeURIComponent(position)}`, {});
  return caughtUp.ok ? toCaughtUp(await caughtUp.json()) : null;
}

/** @returns null unless it is the service's own word that the story is not there for this reader: a proxy's 404 is not. */
export async function toRefused(answer: Response): Promise<JoinReply | null> {
  if (!GONE.includes(answer.status)) return null;
  const problem = (await answer.json()) as { code?: unknown; detail?: unknown } | null;
  if (typeof problem?.code !== "string") return null;
  return { ok: false, error: { code: problem.code, message: String(problem.detail), retryable: false } } as JoinReply;
}
