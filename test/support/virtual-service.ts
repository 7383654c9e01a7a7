import type { Socket, SocketEvent, SocketListener } from "../../src/client/socket.ts";
import type { ChangesEvent, JoinReply, JoinRequest } from "../../src/protocol/events.ts";
import type { Changes } from "../../src/protocol/shapes.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import type { VirtualStory } from "./virtual-story.ts";

/**
 * The service as its contract allows it to be, for one story: slow, and without a promise about how an answer to a join
 * and the ranges around it overtake each other, except that each connection keeps the order of what was sent.
 */
export class VirtualService {
  /** While set, attempts to connect and joins may fail. */
  troubled = true;
  readonly #sessions = new Set<Session>();
  readonly #clock: VirtualClock;
  readonly #story: VirtualStory;
  readonly #chance: () => number;

  /** @param chance in [0, 1), the source of all delays and troubles. */
  constructor(clock: VirtualClock, story: VirtualStory, chance: () => number) {
    this.#clock = clock;
    this.#story = story;
    this.#chance = chance;
  }

  /** To whoever has joined. */
  announce(range: Changes): void {
    const { slug, epoch } = this.#story;
    const event: ChangesEvent = { story: slug, epoch, ...range };
    for (const session of this.#sessions) if (session.joined) session.send("changes", event);
  }

  reset(afterMs: number): void {
    for (const session of this.#sessions) session.reset(this.#story.slug, afterMs);
  }

  /** The node drains, and is gone a second after the reader was asked to go. */
  goodbye(reconnectAfterMs: number): void {
    for (const session of this.#sessions) {
      session.send("goodbye", { reconnectAfterMs });
      this.#clock.after(reconnectAfterMs + 1_000, () => session.break(0));
    }
  }

  /** Every connection ends; readers notice after `noticedMs`, and what was under way is lost. */
  break(noticedMs: number): void {
    for (const session of this.#sessions) session.break(noticedMs);
    this.#sessions.clear();
  }

  openSocket = (_origin: string, listener: SocketListener): Socket => {
    const session = new Session(this.#clock, this.#chance, listener);
    session.later(300, () => {
      const luck = this.troubled ? this.#chance() : 1;
      if (luck < 0.1) return listener.onLost();
      if (luck < 0.2) return listener.onRefused({ code: "rate_limited", retryAfterMs: 2_000 }, "later");
      this.#sessions.add(session);
      listener.onConnected();
    });
    return {
      join: (request, onReply) => session.later(200, () => this.#join(session, request, onReply)),
      leave: () => session.later(200, () => session.put("out")),
      seen() {},
      check() {},
      close: () => {
        session.close();
        this.#sessions.delete(session);
      },
    };
  };

  get = async (url: string, headers: Record<string, string>): Promise<Response> => {
    const { position } = this.#story;
    const { pathname, searchParams } = new URL(url);
    const before = searchParams.get("before");
    if (before !== null) return Response.json(this.#story.snapshot(7, before));
    if (this.troubled && this.#chance() < 0.2) throw new TypeError("no network");
    if (!pathname.endsWith("/changes")) {
      const same = headers["If-None-Match"] === `"${position}"`;
      return same ? new Response(null, { status: 304 }) : Response.json(this.#story.snapshot(5));
    }
    const { ok, epoch, ...body } = this.#story.answer(searchParams.get("after") ?? undefined, 5);
    return Response.json(body);
  };

  #join(session: Session, { position, limit }: JoinRequest, onReply: (reply: JoinReply) => void): void {
    if (this.troubled && this.#chance() < 0.1) {
      const error = { code: "store_unavailable", message: "later", retryable: true } as const;
      session.push(() => onReply({ ok: false, error }));
      return;
    }
    session.put("in");
    const read = () => this.#story.answer(position, limit);
    const early = this.#chance() < 0.5 ? read() : null;
    session.later(150, () => {
      if (!session.joined) return;
      const reply = early?.epoch === this.#story.epoch ? early : read();
      session.push(() => onReply(reply));
    });
  }
}

/** One connection, as the service and the network between see it. */
class Session {
  joined = false;
  #open = true;
  #sentUntil = 0;
  #askedUntil = 0;
  readonly #clock: VirtualClock;
  readonly #chance: () => number;
  readonly #listener: SocketListener;

  constructor(clock: VirtualClock, chance: () => number, listener: SocketListener) {
    this.#clock = clock;
    this.#chance = chance;
    this.#listener = listener;
  }

  send(name: SocketEvent, payload: unknown): void {
    this.push(() => this.#listener.onEvent(name, payload));
  }

  /** Towards the reader, in order. */
  push(deliver: () => void): void {
    this.#sentUntil = Math.max(this.#sentUntil, this.#clock.now() + this.#chance() * 200);
    this.#at(this.#sentUntil, deliver);
  }

  /** Within `ms`, in the order of asking. */
  later(ms: number, run: () => void): void {
    this.#askedUntil = Math.max(this.#askedUntil, this.#clock.now() + this.#chance() * ms);
    this.#at(this.#askedUntil, run);
  }

  put(where: "in" | "out"): void {
    this.joined = where === "in";
  }

  reset(story: string, afterMs: number): void {
    if (!this.joined) return;
    this.put("out");
    this.send("reset", { story, reason: "test", afterMs });
  }

  break(noticedMs: number): void {
    if (!this.#open) return;
    this.close();
    this.#clock.after(noticedMs, () => this.#listener.onLost());
  }

  close(): void {
    this.#open = false;
    this.joined = false;
  }

  #at(time: number, run: () => void): void {
    this.#clock.after(time - this.#clock.now(), () => {
      if (this.#open) run();
    });
  }
}
