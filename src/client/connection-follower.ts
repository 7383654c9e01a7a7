import type { JoinReply } from "../protocol/events.ts";
import { PAGE_LIMIT_MAX } from "../protocol/limits.ts";
import type { Change } from "../protocol/shapes.ts";
import type { Timeline } from "../protocol/timeline.ts";
import { deepen, isTooShallow, type SnapshotReply } from "./connection-depth.ts";
import type { Environment } from "./connection-environment.ts";
import type { Listener } from "./connection-listener.ts";
import { livenessOf } from "./connection-liveness.ts";
import { lookAgain } from "./connection-look.ts";
import { toJoinReply } from "./connection-messages.ts";
import type { ConnectionState } from "./connection-state.ts";
import {
  initialSubscription,
  isOnSocket,
  type SubscriptionEffect,
  type SubscriptionEvent,
  type SubscriptionState,
} from "./connection-subscription.ts";
import { transitionSubscription } from "./connection-subscription-steps.ts";
import type { Socket } from "./socket.ts";

/** What a story sees of the connection that it shares. */
export type Line = {
  readonly origin: string;
  readonly environment: Environment;
  /** The socket, while there is one. */
  readonly socket: Socket | null;
  /** Runs when all that happened before has been dealt with. */
  post(task: () => void): void;
  /** The socket does not answer. */
  lose(): void;
};

const LIMIT_STEP = 50;

/**
 * Plays the life of one story on a connection: does what the state machine asks for, and tells all who listen. The
 * service knows one membership per story and socket, so views of the same story share this.
 */
export class Follower {
  readonly #story: string;
  readonly #line: Line;
  readonly #listeners = new Set<Listener>();
  #state: SubscriptionState;
  #asksPresence = false;
  #watching: number | null = null;

  /** @param first its timeline is where the story is taken up. */
  constructor(first: Listener, line: Line) {
    this.#story = first.story;
    this.#line = line;
    this.#state = initialSubscription(first.shown, this.#moment());
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  add(listener: Listener): void {
    this.#listeners.add(listener);
  }

  /** Brings a listener up to what the others know. */
  welcome(listener: Listener): void {
    if (!this.#listeners.has(listener)) return;
    if (this.#watching !== null) listener.tellPresence(this.#watching);
    if (listener.wantsPresence && !this.#asksPresence && isOnSocket(this.#state.kind)) this.advance({ type: "rejoin" });
    const timeline = this.#held;
    if (timeline === null || timeline === listener.shown) return;
    const wanted = listener.shown?.entries.length ?? listener.limit;
    if (timeline.older === null || timeline.entries.length >= wanted) listener.tellTimeline(timeline, null);
    else this.advance({ type: "widen" });
  }

  /** @returns whether nobody listens any more. */
  remove(listener: Listener): boolean {
    this.#listeners.delete(listener);
    return this.#listeners.size === 0;
  }

  keepNewest(listener: Listener, count: number): void {
    if (this.#listeners.size > 1 || !this.#listeners.has(listener)) return;
    this.advance({ type: "shorten", count: Math.max(1, count) });
    listener.takeShortened(this.#held);
  }

  advance(event: SubscriptionEvent, now?: number): void {
    const { state, effects } = transitionSubscription(this.#state, event, this.#moment(now));
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  tellState(connection: ConnectionState): void {
    const liveness = livenessOf(connection, this.#state);
    for (const listener of this.#listeners) listener.tellState(liveness);
  }

  takePresence(watching: number): void {
    this.#watching = watching;
    for (const listener of this.#listeners) listener.tellPresence(watching);
  }

  #moment(now = this.#line.environment.now()) {
    const { environment } = this.#line;
    return { now, random: environment.random(), visible: environment.isVisible() };
  }

  #perform(effect: SubscriptionEffect): void {
    switch (effect.type) {
      case "join":
        this.#join(effect.join, effect.position);
        break;
      case "leave":
        this.#line.socket?.leave(this.#story);
        break;
      case "lost":
        this.#line.lose();
        break;
      case "look":
        void this.#look(effect.position);
        break;
      case "timeline":
        this.#tellTimeline(effect.timeline, effect.changes);
        break;
      case "seen":
        this.#reportPainted(effect.seq);
    }
  }

  #tellTimeline(timeline: Timeline, changes: readonly Change[] | null): void {
    for (const listener of this.#listeners) listener.tellTimeline(timeline, changes);
  }

  get #held(): Timeline | null {
    return "held" in this.#state ? this.#state.held.timeline : null;
  }

  /** What is on the page already is asked for as well; in steps, since the service keeps what it has encoded. */
  get #limit(): number {
    const shown = this.#held?.entries.length ?? 0;
    const wanted = Math.max(...[...this.#listeners].map(({ limit }) => limit));
    return shown <= wanted ? wanted : Math.min(Math.ceil(shown / LIMIT_STEP) * LIMIT_STEP, PAGE_LIMIT_MAX);
  }

  #join(number: number, position: string | undefined): void {
    const { socket } = this.#line;
    this.#asksPresence = [...this.#listeners].some(({ wantsPresence }) => wantsPresence);
    const request = { story: this.#story, position, limit: this.#limit, presence: this.#asksPresence };
    socket?.join(request, (payload) =>
      this.#line.post(() => {
        const reply = toJoinReply(payload);
        if (socket !== this.#line.socket || !reply) return;
        if (!isTooShallow(reply, this.#held)) return this.advance({ type: "answered", join: number, reply });
        this.advance({ type: "answering", join: number });
        void this.#deepened(reply).then((deep) =>
          this.#line.post(() => this.advance({ type: "answered", join: number, reply: deep })),
        );
      }),
    );
  }

  /** An answer that takes the reader's place on the page from them is completed first. */
  async #deepened<R extends JoinReply | null>(reply: R): Promise<R | SnapshotReply> {
    const { origin, environment } = this.#line;
    const held = this.#held;
    if (!reply || !held || !isTooShallow(reply, held)) return reply;
    const { get, random, after } = environment;
    return deepen({ get, random, after, origin, story: this.#story }, reply, held);
  }

  async #look(position: string): Promise<void> {
    const { origin, environment } = this.#line;
    const look = { origin, story: this.#story, limit: this.#limit, position };
    const reply = await lookAgain(environment.get, look).catch(() => null);
    const deep = await this.#deepened(reply);
    this.#line.post(() => this.advance({ type: "looked", reply: deep }));
  }

  #reportPainted(seq: number): void {
    const { socket, environment } = this.#line;
    environment.afterPaint(() => {
      if (socket === this.#line.socket) socket?.seen(this.#story, seq);
    });
  }
}
