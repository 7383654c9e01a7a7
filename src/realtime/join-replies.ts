import type { CatchUp, JoinReply } from "../protocol/events.ts";
import { FramedPacket } from "./frame.ts";
import { packets } from "./socket-packets.ts";

/** Clients number their requests from 0 or 1 on: most of a herd ask with the same number. */
const SHARED_PER_REPLY = 8;

/** The same answer is encoded once, however many get it. */
const encodings = new WeakMap<CatchUp, { json: string; packets: Map<string, FramedPacket> }>();

/** @param id of the request. @param isSampled whether the reader is asked for reports. */
export function joinReply(reply: CatchUp, epoch: string, id: number, isSampled: boolean): FramedPacket {
  const encoding = encodings.get(reply) ?? { json: JSON.stringify(toReply(reply, epoch)), packets: new Map() };
  encodings.set(reply, encoding);
  const key = `${id}${isSampled}`;
  const shared = encoding.packets.get(key);
  if (shared) return shared;
  const json = isSampled ? `${encoding.json.slice(0, -1)},"sample":true}` : encoding.json;
  const isShared = encoding.packets.size < SHARED_PER_REPLY;
  const packet = new FramedPacket(packets.acknowledgement(id, json), isShared);
  if (isShared) encoding.packets.set(key, packet);
  return packet;
}

function toReply(reply: CatchUp, epoch: string): JoinReply {
  if (reply.mode === "snapshot") return { ok: true, mode: "snapshot", epoch, snapshot: reply.snapshot };
  return { ok: true, ...reply, epoch };
}
