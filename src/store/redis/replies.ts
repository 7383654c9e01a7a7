import type { Access } from "../../protocol/access.ts";
import type { Position } from "../../protocol/position.ts";
import type { StoryStatus } from "../../protocol/shapes.ts";
import type { PlacedText, Placement } from "../placement.ts";
import type { RevisionRecord } from "../records.ts";
import type { Remembered } from "../timeline-store.ts";

/** What the scripts answer, each with its reading. */

export type PositionReply = [epoch: string, seq: string, tag: string];
export type AccessReply = [status: string, origins: string];
export type ItemReply = [placement: string, body: string | null, markdown: string | null];
export type TagsReply = string[];

export function toPosition([epoch, seq, tag]: PositionReply): Position {
  return { epoch, seq: Number(seq), tag };
}

export function toAccess([status, origins]: AccessReply): Access {
  return { status: status as StoryStatus, allowedOrigins: JSON.parse(origins) as string[] };
}

export function toPlacedText([placement, body, markdown]: ItemReply): PlacedText {
  return withText(JSON.parse(placement) as StoredPlacement, body, markdown);
}

/** As the scripts keep it: times in milliseconds since 1970. */
export type StoredPlacement = Omit<Placement, "firstAt" | "changedAt"> & { firstAt: number; changedAt: number };

/** @param body JSON, also of a background. */
export function withText(placement: StoredPlacement, body: string | null, markdown: string | null): PlacedText {
  return {
    ...placement,
    firstAt: new Date(placement.firstAt).toISOString(),
    changedAt: new Date(placement.changedAt).toISOString(),
    body: placement.kind === "background" && body !== null ? (JSON.parse(body) as string | null) : body,
    markdown,
  };
}

/** As the scripts keep it of each step of an entry. */
export type RevisionLine = Pick<RevisionRecord, "revision" | "action"> & {
  seq: number;
  at: number;
  byId: string;
  byName: string;
};

export function bySeq(a: { seq: number }, b: { seq: number }): number {
  return a.seq - b.seq;
}

/** @param reply tag and seq in turn. */
export function toTags(reply: TagsReply): { seq: number; tag: string }[] {
  return reply.flatMap((tag, index) => (index % 2 === 0 ? [{ seq: Number(reply[index + 1]), tag }] : []));
}

/** @param text a line of what the store says, and a line of what the caller said. */
export function toRemembered(text: string): Remembered {
  const [answer = "", ids = ""] = text.split("\n");
  const { bodyHash, ...head } = JSON.parse(answer) as { bodyHash: string } & Position;
  return { bodyHash, ids: JSON.parse(ids) as string[], head };
}
