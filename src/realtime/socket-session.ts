import type { Socket } from "socket.io";
import type { CatchUp, ClientToServerEvents, JoinReply, LeaveReply, ServerToClientEvents } from "../protocol/events.ts";
import { JOINS_PER_MINUTE, STORIES_PER_SOCKET } from "../protocol/limits.ts";
import { Problem, toSocketError } from "../protocol/problem.ts";
import type { RateWindows } from "../protocol/rate-windows.ts";
import { cutOff, type RealtimeHostility } from "./connection-guard.ts";
import { type DeliverySample, Witness } from "./delivery-sample.ts";
import type { EngineConnection } from "./engine-connection.ts";
import { RequestLine } from "./request-line.ts";
import { type JoinParameters, joinRequest, leaveRequest, parseRequest, seenReport } from "./requests.ts";
import type { Rooms } from "./rooms.ts";
import type { Shortcut } from "./shortcut.ts";
import { SocketReader } from "./socket-reader.ts";
import { resetFrame } from "./story-room.ts";

const MINUTE_MS = 60_000;

export type ReaderSocket = Socket<ClientToServerEvents, ServerToClientEvents>;
export type SessionOptions = {
  rooms: Rooms;
  toProblem: (error: unknown) => Problem;
  /** By socket; shared by all of a node. */
  joins: RateWindows;
  onRefusedJoin: () => void;
  onHostile: (reason: RealtimeHostility) => void;
  shortcut: Shortcut;
};

/** A story that the reader is in, or on its way into; the latter has nothing to leave yet. */
type Stay = { leave: () => void; sample: DeliverySample | null };

/** What one connected reader does: joins and leaves stories, each at most once at a time. */
export class SocketSession {
  readonly #id: string;
  readonly #connection: EngineConnection;
  readonly #options: SessionOptions;
  readonly #reader: SocketReader;
  readonly #requests: RequestLine;
  readonly #stays = new Map<string, Stay>();
  readonly #witness = new Witness();

  constructor(socket: ReaderSocket, origin: string | undefined, options: SessionOptions) {
    const connection = socket.conn as unknown as EngineConnection;
    this.#id = socket.id;
    this.#connection = connection;
    this.#options = options;
    this.#reader = new SocketReader(connection, origin, options.shortcut, () => this.#leaveAsTooSlow());
    this.#requests = new RequestLine(connection, () => {
      options.onHostile("flood");
      cutOff(connection);
    });
  }

  join(payload: unknown, reply: unknown): void {
    this.#requests.take(() => this.#join(payload, reply));
  }

  leave(payload: unknown, reply: unknown): void {
    this.#requests.take(async () => this.#leave(payload, reply));
  }

  close(): void {
    this.#requests.close();
    for (const story of [...this.#stays.keys()]) this.#end(story);
  }

  async #join(payload: unknown, reply: unknown): Promise<void> {
    if (typeof reply !== "function") return;
    const answer = reply as (reply: JoinReply) => void;
    try {
      this.#countJoin();
      await this.#enter(parseRequest(joinRequest, payload), answer);
    } catch (error) {
      const problem = this.#options.toProblem(error);
      this.#options.rooms.observer.refused(problem.code);
      answer({ ok: false, error: toSocketError(problem) });
    }
  }

  /** A reader says that it has painted a change. What says nothing is passed over: there is nobody to answer. */
  seen(payload: unknown): void {
    const report = seenReport.safeParse(payload).data;
    const delayMs = report && this.#stays.get(report.story)?.sample?.hear(report.seq);
    if (typeof delayMs === "number") this.#options.rooms.observer.seen(delayMs / 1_000);
  }

  #leave(payload: unknown, reply: unknown): void {
    const answer = typeof reply === "function" ? (reply as (reply: LeaveReply) => void) : () => {};
    try {
      this.#end(parseRequest(leaveRequest, payload).story);
      answer({ ok: true });
    } catch (error) {
      answer({ ok: false, error: toSocketError(this.#options.toProblem(error)) });
    }
  }

  /** @throws Problem */
  #countJoin(): void {
    const { joins, onRefusedJoin } = this.#options;
    const { count } = joins.count(this.#id, MINUTE_MS, performance.now());
    if (count <= JOINS_PER_MINUTE) return;
    onRefusedJoin();
    throw new Problem("rate_limited", `One connection joins at most ${JOINS_PER_MINUTE} times a minute.`);
  }

  async #enter(request: JoinParameters, answer: (reply: JoinReply) => void): Promise<void> {
    const { story, position, limit, presence } = request;
    this.#end(story);
    if (this.#stays.size >= STORIES_PER_SOCKET) {
      throw new Problem("validation_failed", `One connection follows at most ${STORIES_PER_SOCKET} stories.`);
    }
    const stay: Stay = { leave: () => {}, sample: null };
    this.#stays.set(story, stay);
    const isGone = () => this.#stays.get(story) !== stay;
    const forget = () => void (isGone() || this.#stays.delete(story));
    const reader = this.#reader;
    let entered = false;
    try {
      await this.#options.rooms.admit({
        ...{ slug: story, position: position ?? null, limit, presence, reader, isGone },
        onEntered: (reply, epoch, leave, room) => {
          entered = true;
          stay.leave = leave;
          stay.sample = this.#witness.sample(room.recentRanges, room.size, seqOf(reply));
          this.#options.rooms.observer.joined("socket", reply.mode);
          answer({ ...toReply(reply, epoch), ...(stay.sample ? { sample: true } : {}) });
        },
        onExpelled: forget,
      });
      if (!entered)
        throw new Problem("validation_failed", "A later join or leave of the same story overtook this one.");
    } catch (error) {
      forget();
      throw error;
    }
  }

  #end(story: string): void {
    const stay = this.#stays.get(story);
    this.#stays.delete(story);
    stay?.leave();
  }

  #leaveAsTooSlow(): void {
    this.#options.rooms.observer.tooSlow();
    for (const story of [...this.#stays.keys()]) {
      this.#end(story);
      const reset = resetFrame(story, "slow", Math.round(Math.random() * 1_000));
      this.#connection.write(reset.socketText, { compress: false });
      this.#options.rooms.observer.reset("slow");
    }
  }
}

function seqOf(reply: CatchUp): number {
  return reply.mode === "snapshot" ? reply.snapshot.seq : reply.to;
}

function toReply(reply: CatchUp, epoch: string): JoinReply {
  if (reply.mode === "snapshot") return { ok: true, mode: "snapshot", epoch, snapshot: reply.snapshot };
  return { ok: true, ...reply, epoch };
}
