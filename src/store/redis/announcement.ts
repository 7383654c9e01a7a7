import type { StoryStatus } from "../../protocol/shapes.ts";
import type { Announcement } from "../announcements.ts";
import { toChange } from "../stored-forms.ts";
import { type StoredPlacement, withText } from "./replies.ts";

type CommitFacts = {
  kind: "commit";
  epoch: string;
  from: number;
  to: number;
  tag: string;
  previousTag?: string;
  status: StoryStatus;
  allowedOrigins: string[];
  placements: StoredPlacement[];
};

/**
 * Reads what `lua/commit.lua` announces: a line of facts, then of each change a line of what it says.
 *
 * @returns null for what none of our scripts has sent.
 */
export function parseAnnouncement(message: string): Announcement | null {
  try {
    const [facts = "", ...bodies] = message.split("\n");
    const parsed: unknown = JSON.parse(facts);
    if (typeof parsed !== "object" || parsed === null || !("kind" in parsed)) return null;
    if (parsed.kind === "removed") return { kind: "removed" };
    if (parsed.kind === "renewed") return toRenewed(parsed);
    return parsed.kind === "commit" ? toCommit(parsed as CommitFacts, bodies) : null;
  } catch {
    return null;
  }
}

function toRenewed(parsed: object): Announcement | null {
  const { epoch, seq, tag } = (parsed as { head: Record<string, unknown> }).head;
  if (typeof epoch !== "string" || typeof tag !== "string" || !Number.isSafeInteger(seq)) return null;
  return { kind: "renewed", head: { epoch, seq: seq as number, tag } };
}

function toCommit(facts: CommitFacts, bodies: string[]): Announcement | null {
  const { kind, epoch, from, to, tag, previousTag = null, status, allowedOrigins, placements } = facts;
  const whole = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from < to;
  const named = [epoch, tag, status].every((text) => typeof text === "string") && Array.isArray(allowedOrigins);
  if (!whole || !named || placements.length === 0 || placements.length !== bodies.length) return null;
  const changes = placements.map((placement, index) => {
    const body = bodies[index] ?? "null";
    return toChange(withText(placement, body === "null" ? null : body, null));
  });
  return { kind, epoch, from, to, tag, previousTag, access: { status, allowedOrigins }, changes };
}
