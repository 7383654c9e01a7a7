import type { IncomingMessage, ServerResponse } from "node:http";
import type { CatchUp } from "../protocol/events.ts";
import { PAGE_LIMIT_DEFAULT } from "../protocol/limits.ts";
import { type Position, parsePosition } from "../protocol/position.ts";
import { Problem } from "../protocol/problem.ts";
import type { Admission } from "./admission.ts";
import { leaveAfterMs } from "./drain.ts";
import { Frame, streamEvent } from "./frame.ts";
import type { Membership } from "./membership.ts";
import { type Outlet, QUEUE_MAX_BYTES, type Reader } from "./reader.ts";
import type { Rooms } from "./rooms.ts";
import { resetFrame } from "./story-room.ts";

export type StreamRequest = {
  slug: string;
  /** From `?after=`; `Last-Event-ID` goes before it, since a reconnecting EventSource repeats its first address. */
  after: Position | null;
  presence: boolean;
  origin: string | undefined;
  isEditor: boolean;
};

/** Proxies cut silent connections after 30 s and more. */
const COMMENT_INTERVAL_MS = 15_000;
/** A reader that takes nothing for this long after its queue was full is cut off; it comes back with its position. */
const STALLED_MS = 30_000;
/** After a lost connection an EventSource waits this long: spread, so that a herd does not come back as one. */
const RETRY_FROM_MS = 1_000;
const RETRY_SPREAD_MS = 3_000;

/** Readers on server-sent events, for networks that block WebSockets. */
export class StoryStreams {
  readonly #rooms: Rooms;
  readonly #admission: Admission;
  readonly #open = new Set<StreamReader>();
  readonly #comments: NodeJS.Timeout;
  #onLastGone: (() => void) | null = null;
  #draining = false;

  constructor(rooms: Rooms, admission: Admission) {
    this.#rooms = rooms;
    this.#admission = admission;
    this.#comments = setInterval(() => this.#comment(), COMMENT_INTERVAL_MS).unref();
  }

  get connections(): number {
    return this.#open.size;
  }

  /**
   * Answers `request` with the story's events until either side closes. Headers set before stay.
   *
   * @throws Problem before anything was sent.
   */
  async open(request: IncomingMessage, response: ServerResponse, stream: StreamRequest): Promise<void> {
    const { slug, after, presence } = stream;
    this.#takePlace(request, response);
    const lastEventId = parsePosition(String(request.headers["last-event-id"] ?? ""));
    const { observer } = this.#rooms;
    const reader = new StreamReader(response, stream, () => {
      observer.tooSlow();
      observer.reset("slow");
    });
    let entered = false;
    await this.#rooms.admit({
      ...{ slug, presence, reader, position: lastEventId ?? after, limit: PAGE_LIMIT_DEFAULT },
      isGone: () => response.destroyed || this.#draining,
      onEntered: (reply, epoch, membership) => {
        entered = true;
        observer.joined("stream", reply.mode);
        this.#open.add(reader);
        response.on("close", () => {
          membership.leave();
          this.#open.delete(reader);
          if (this.#open.size === 0) this.#onLastGone?.();
        });
        reader.start(firstEvent(slug, reply, epoch));
      },
    });
    if (entered || response.destroyed) return;
    throw new Problem("store_unavailable", "This node is about to stop.", { retryAfterSeconds: 1 });
  }

  #takePlace(request: IncomingMessage, response: ServerResponse): void {
    const admitted = this.#admission.enter(request);
    if ("leave" in admitted) {
      if (response.destroyed) admitted.leave();
      else response.once("close", admitted.leave);
      return;
    }
    const { code, message, retryAfterMs } = admitted;
    throw new Problem(code, message, { retryAfterSeconds: Math.ceil(retryAfterMs / 1_000) });
  }

  /** Lets nobody in any more, tells every reader to leave, and closes each stream at its own moment. [R4] */
  async drain(windowMs: number): Promise<void> {
    this.#draining = true;
    if (this.#open.size === 0) return;
    for (const reader of this.#open) reader.sayGoodbye(leaveAfterMs(windowMs));
    await new Promise<void>((resolve) => {
      this.#onLastGone = resolve;
      setTimeout(resolve, windowMs).unref();
    });
  }

  /** Ends what is still there. */
  close(): void {
    clearInterval(this.#comments);
    for (const reader of this.#open) reader.destroy();
  }

  #comment(): void {
    for (const reader of this.#open) reader.comment();
  }
}

function firstEvent(story: string, reply: CatchUp, epoch: string): string {
  if (reply.mode === "snapshot") return streamEvent("snapshot", reply.snapshot, reply.snapshot.position);
  const { mode: _mode, ...changes } = reply;
  return streamEvent("changes", { story, epoch, ...changes }, changes.position);
}

class StreamReader implements Reader, Outlet {
  readonly origin: string | undefined;
  readonly isEditor: boolean;
  readonly #response: ServerResponse;
  readonly #slug: string;
  readonly #onTooSlow: () => void;
  #stalled = false;

  constructor(response: ServerResponse, { slug, origin, isEditor }: StreamRequest, onTooSlow: () => void) {
    this.#onTooSlow = onTooSlow;
    this.#response = response;
    this.#slug = slug;
    this.origin = origin;
    this.isEditor = isEditor;
  }

  start(firstEvent: string): void {
    this.#response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      // nginx would hold events back to fill its buffers.
      "X-Accel-Buffering": "no",
    });
    this.#response.write(`retry: ${RETRY_FROM_MS + Math.round(Math.random() * RETRY_SPREAD_MS)}\n${firstEvent}`);
  }

  get outlet(): Outlet {
    return this;
  }

  hand(frame: Frame): void {
    if (this.#stalled || this.#response.writableEnded) return;
    this.#response.write(frame.streamText);
    if (this.#response.writableLength > QUEUE_MAX_BYTES) this.#stall();
  }

  expelled(_membership: Membership, reset: Frame): void {
    this.hand(reset);
    this.#response.end();
  }

  destroy(): void {
    this.#response.destroy();
  }

  comment(): void {
    if (!this.#stalled && !this.#response.writableEnded) this.#response.write(": here\n\n");
  }

  sayGoodbye(afterMs: number): void {
    this.hand(Frame.of("goodbye", { reconnectAfterMs: afterMs }));
    setTimeout(() => this.#response.end(), afterMs);
  }

  /** What is written cannot be taken back, but nothing is added: one reset once the reader takes data again. [R3] */
  #stall(): void {
    this.#stalled = true;
    this.#onTooSlow();
    const cutOff = setTimeout(() => this.#response.destroy(), STALLED_MS);
    this.#response.once("close", () => clearTimeout(cutOff));
    this.#response.once("drain", () => this.#response.end(resetFrame(this.#slug, "slow", 0).streamText));
  }
}
