import type { CatchUp, ChangesEvent, GoodbyeEvent, JoinReply, PresenceEvent, ResetEvent } from "../protocol/events.ts";
import { parsePosition } from "../protocol/position.ts";
import type { Snapshot } from "../protocol/shapes.ts";
import { TOLD_DELAY_MAX_MS } from "./connection-limits.ts";

/**
 * What arrives is checked as far as a reader depends on it, because a page must outlive a faulty proxy and a later
 * version of the service: whatever does not fit is null, and unknown kinds and fields pass.
 */
type Fields = Record<string, "string" | "number" | "object">;

export function toChangesEvent(payload: unknown): ChangesEvent | null {
  return has(payload, { story: "string", epoch: "string" }) && isChanges(payload) ? (payload as ChangesEvent) : null;
}

export function toResetEvent(payload: unknown): ResetEvent | null {
  if (!has(payload, { story: "string", afterMs: "number" })) return null;
  return { ...(payload as ResetEvent), afterMs: toDelay((payload as ResetEvent).afterMs) };
}

export function toGoodbyeEvent(payload: unknown): GoodbyeEvent | null {
  if (!has(payload, { reconnectAfterMs: "number" })) return null;
  return { reconnectAfterMs: toDelay((payload as GoodbyeEvent).reconnectAfterMs) };
}

export function toPresenceEvent(payload: unknown): PresenceEvent | null {
  return has(payload, { story: "string", watching: "number" }) ? (payload as PresenceEvent) : null;
}

export type Refusal = { code: string; retryAfterMs: number | undefined };

export function toRefusal(payload: unknown): Refusal | null {
  if (!has(payload, { code: "string" })) return null;
  const { code, retryAfterMs } = payload as Refusal;
  return { code, retryAfterMs: typeof retryAfterMs === "number" ? toDelay(retryAfterMs) : undefined };
}

export function toJoinReply(payload: unknown): JoinReply | null {
  if (typeof payload !== "object" || payload === null) return null;
  const reply = payload as Extract<JoinReply, { ok: true }>;
  if (reply.ok !== true) {
    const refused = has(payload, { error: "object" }) && has(payload.error, { code: "string", message: "string" });
    return refused ? (payload as JoinReply) : null;
  }
  if (typeof reply.epoch !== "string") return null;
  const fits = reply.mode === "snapshot" ? isSnapshot(reply.snapshot) : reply.mode === "changes" && isChanges(reply);
  return fits ? reply : null;
}

/** A catch-up read over HTTP, in the form of an answer to a join. */
export function toCaughtUp(payload: unknown): JoinReply | null {
  const body = payload as CatchUp | null;
  const position = body?.mode === "snapshot" ? body.snapshot?.position : body?.position;
  return toJoinReply({ ok: true, epoch: epochOf(position), ...body });
}

/** @returns the epoch of a position, which snapshots do not name apart from it. */
export function epochOf(position: string | undefined): string | undefined {
  return typeof position === "string" ? parsePosition(position)?.epoch : undefined;
}

function isSnapshot(value: unknown): value is Snapshot {
  if (!has(value, { story: "object", entries: "object", seq: "number", position: "string" })) return false;
  return Array.isArray(value.entries) && value.entries.every((entry) => has(entry, { id: "string", seq: "number" }));
}

function isChanges(value: unknown): boolean {
  if (!has(value, { from: "number", to: "number", position: "string", changes: "object" })) return false;
  return Array.isArray(value.changes) && value.changes.every(isChange);
}

function isChange(value: unknown): boolean {
  if (!has(value, { seq: "number", kind: "string" })) return false;
  if (value.kind === "entry") return has(value.entry, { id: "string", seq: "number", publishedAt: "string" });
  if (value.kind === "retraction") return has(value.tombstone, { id: "string", seq: "number" });
  return value.kind !== "story" || has(value.story, { slug: "string", seq: "number" });
}

function toDelay(ms: number): number {
  return Math.min(Math.max(ms, 0), TOLD_DELAY_MAX_MS);
}

function has(value: unknown, fields: Fields): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Record<string, unknown>;
  return Object.entries(fields).every(([name, type]) => typeof record[name] === type && record[name] !== null);
}
