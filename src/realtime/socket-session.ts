import type { CatchUp } from "../protocol/events.ts";
import { JOINS_PER_MINUTE, STORIES_PER_SOCKET } from "../protocol/limits.ts";
import { Problem, type SocketError, toSocketError } from "../protocol/problem.ts";
import type { Connection } from "./connection.ts";
import { type DeliverySample, Witness } from "./delivery-sample.ts";
import { leaveAfterMs } from "./drain.ts";
import { type Frame, FramedPacket } from "./frame.ts";
import { joinReply } from "./join-replies.ts";
import type { Membership } from "./membership.ts";
import type { Outlet, Reader } from "./reader.ts";
import { RequestLine } from "./request-line.ts";
import { type JoinParameters, joinRequest, leaveRequest, parseRequest, seenReport } from "./requests.ts";
import type { Rooms } from "./rooms.ts";
import { packets } from "./socket-packets.ts";
import { resetFrame } from "./story-room.ts";

const MINUTE_MS = 60_000;

export type SessionOptions = {
  rooms: Rooms;
  toProblem: (error: unknown) => Problem;
  onRefusedJoin: () => void;
  /** Asks for more than any reader. */
  onFlood: (connection: Connection) => void;
};

/** A story that the reader is in, or on its way into; of the latter it is no member yet. */
type Stay = { readonly story: string; membership: Membership | null; sample: DeliverySample | null };

/** What one connected reader does: joins and leaves stories, each at most once at a time. */
export class SocketSession implements Reader {
  readonly origin: string | undefined;
  readonly #connection: Connection;
  readonly #options: SessionOptions;
  readonly #requests: RequestLine;
  /** Most readers follow one story. */
  #stays: Stay[] = [];
  readonly #witness = new Witness();
  #joins = 0;
  #joinsCountUntil = 0;

  constructor(connection: Connection, origin: string | undefined, options: SessionOptions) {
    this.origin = origin;
    this.#connection = connection;
    this.#options = options;
    this.#requests = new RequestLine(connection, options.onFlood);
  }

  /** Sockets bring no key. */
  get isEditor(): boolean {
    return false;
  }

  /** Before anything else is sent. */
  greet(sessionId: string): void {
    this.#say(packets.connected(sessionId));
  }

  get outlet(): Outlet {
    return this.#connection;
  }

  /** All that stood in line has been handed on. */
  drained(): void {
    this.#requests.drained();
  }

  /** @param id under which the event wants a reply. Strangers send what they like. */
  hear([event, payload]: readonly unknown[], id: number | undefined): void {
    if (event === "join") this.#requests.take(() => this.#join(payload, id));
    else if (event === "leave") this.#requests.take(async () => this.#leave(payload, id));
    else if (event === "seen") this.#seen(payload);
  }

  /** Asks the reader to leave within `windowMs`. */
  sayGoodbye(windowMs: number): void {
    this.#say(packets.event("goodbye", { reconnectAfterMs: leaveAfterMs(windowMs) }));
  }

  close(): void {
    this.#requests.close();
    for (const { story } of this.#stays) this.#end(story);
  }

  async #join(payload: unknown, id: number | undefined): Promise<void> {
    if (id === undefined) return;
    try {
      this.#countJoin();
      await this.#enter(parseRequest(joinRequest, payload), id);
    } catch (error) {
      const problem = this.#options.toProblem(error);
      this.#options.rooms.observer.refused(problem.code);
      this.#answer(id, { ok: false, error: toSocketError(problem) });
    }
  }

  /** A reader says that it has painted a change. What says nothing is passed over: there is nobody to answer. */
  #seen(payload: unknown): void {
    const report = seenReport.safeParse(payload).data;
    const delayMs = report && this.#stayIn(report.story)?.sample?.hear(report.seq);
    if (typeof delayMs === "number") this.#options.rooms.observer.seen(delayMs / 1_000);
  }

  #leave(payload: unknown, id: number | undefined): void {
    try {
      this.#end(parseRequest(leaveRequest, payload).story);
      this.#answer(id, { ok: true });
    } catch (error) {
      this.#answer(id, { ok: false, error: toSocketError(this.#options.toProblem(error)) });
    }
  }

  #answer(id: number | undefined, reply: { ok: true } | { ok: false; error: SocketError }): void {
    if (id !== undefined) this.#say(packets.acknowledgement(id, JSON.stringify(reply)));
  }

  #say(packet: string): void {
    this.#connection.send(new FramedPacket(packet, false));
  }

  /** @throws Problem */
  #countJoin(): void {
    const now = performance.now();
    if (now >= this.#joinsCountUntil) {
      this.#joins = 0;
      this.#joinsCountUntil = now + MINUTE_MS;
    }
    this.#joins += 1;
    if (this.#joins <= JOINS_PER_MINUTE) return;
    this.#options.onRefusedJoin();
    throw new Problem("rate_limited", `One connection joins at most ${JOINS_PER_MINUTE} times a minute.`);
  }

  async #enter(request: JoinParameters, id: number): Promise<void> {
    const { story, position, limit, presence } = request;
    this.#end(story);
    if (this.#stays.length >= STORIES_PER_SOCKET) {
      throw new Problem("validation_failed", `One connection follows at most ${STORIES_PER_SOCKET} stories.`);
    }
    const stay: Stay = { story, membership: null, sample: null };
    this.#stays = [...this.#stays, stay];
    try {
      await this.#options.rooms.admit({
        ...{ slug: story, position: position ?? null, limit, presence, reader: this },
        isGone: () => !this.#stays.includes(stay),
        onEntered: (reply, epoch, membership) => {
          const { recentRanges, size } = membership.room;
          stay.membership = membership;
          stay.sample = this.#witness.sample(recentRanges, size, seqOf(reply));
          this.#options.rooms.observer.joined("socket", reply.mode);
          this.#connection.send(joinReply(reply, epoch, id, stay.sample !== null));
        },
      });
      if (!stay.membership)
        throw new Problem("validation_failed", "A later join or leave of the same story overtook this one.");
    } catch (error) {
      this.#forget(stay);
      throw error;
    }
  }

  expelled(membership: Membership, { packet }: Frame): void {
    this.#connection.send(packet);
    this.#stays = this.#stays.filter((stay) => stay.membership !== membership);
  }

  #stayIn(story: string): Stay | undefined {
    return this.#stays.find((stay) => stay.story === story);
  }

  #forget(stay: Stay): void {
    this.#stays = this.#stays.filter((other) => other !== stay);
  }

  #end(story: string): void {
    const stay = this.#stayIn(story);
    if (!stay) return;
    this.#forget(stay);
    stay.membership?.leave();
  }

  leaveAsTooSlow(): void {
    this.#options.rooms.observer.tooSlow();
    for (const { story } of this.#stays) {
      this.#end(story);
      const reset = resetFrame(story, "slow", Math.round(Math.random() * 1_000));
      this.#connection.send(reset.packet);
      this.#options.rooms.observer.reset("slow");
    }
  }
}

function seqOf(reply: CatchUp): number {
  return reply.mode === "snapshot" ? reply.snapshot.seq : reply.to;
}
