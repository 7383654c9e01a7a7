import type { SocketError } from "./problem.ts";
import type { Changes, Snapshot } from "./shapes.ts";

/** Socket.IO, default namespace. */
export type JoinRequest = {
  story: string;
  position?: string | undefined;
  limit?: number | undefined;
  presence?: boolean | undefined;
  token?: string | undefined;
};
export type JoinReply =
  | { ok: true; mode: "snapshot"; epoch: string; snapshot: Snapshot; sample?: true }
  | ({ ok: true; mode: "changes"; epoch: string; sample?: true } & Changes)
  | { ok: false; error: SocketError };
export type LeaveRequest = { story: string };
export type LeaveReply = { ok: true } | { ok: false; error: SocketError };
export type SeenReport = { story: string; seq: number };

export type ChangesEvent = { story: string; epoch: string } & Changes;
export type ResetEvent = { story: string; reason: string; afterMs: number };
export type PresenceEvent = { story: string; watching: number };
export type GoodbyeEvent = { reconnectAfterMs: number };

export type ClientToServerEvents = {
  join: (request: JoinRequest, reply: (reply: JoinReply) => void) => void;
  leave: (request: LeaveRequest, reply: (reply: LeaveReply) => void) => void;
  seen: (report: SeenReport) => void;
};
/** The same events, with the same payloads, travel as server-sent events, after a first `snapshot` or `changes`. */
export type ServerToClientEvents = {
  changes: (event: ChangesEvent) => void;
  reset: (event: ResetEvent) => void;
  presence: (event: PresenceEvent) => void;
  goodbye: (event: GoodbyeEvent) => void;
};

/** `GET …/changes` */
export type CatchUp = ({ mode: "changes" } & Changes) | { mode: "snapshot"; snapshot: Snapshot };
