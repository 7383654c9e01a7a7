import { STORIES_PER_SOCKET } from "../protocol/limits.ts";
import type { Environment, Sign } from "./connection-environment.ts";
import { Follower, type Line } from "./connection-follower.ts";
import { Listener } from "./connection-listener.ts";
import { toChangesEvent, toGoodbyeEvent, toPresenceEvent, toRefusal, toResetEvent } from "./connection-messages.ts";
import type { StoryConnection, StoryConnectionOptions } from "./connection-options.ts";
import {
  type ConnectionEvent,
  type ConnectionState,
  connectionDueAt,
  initialConnection,
  isLinked,
  transitionConnection,
} from "./connection-state.ts";
import { needsSocket, type SubscriptionEvent, subscriptionDueAt } from "./connection-subscription.ts";
import type { Socket, SocketEvent } from "./socket.ts";

export type Connections = { connect(options: StoryConnectionOptions): StoryConnection };

/**
 * One connection per service, made for its first story and given up with its last; a further one where a page follows
 * more stories than a socket may join.
 */
export function shareConnections(environment: Environment): Connections {
  const connections = new Set<Connection>();
  return {
    connect(options) {
      const { origin } = new URL(options.url);
      const ofService = [...connections].filter((connection) => connection.origin === origin);
      const shared =
        ofService.find((connection) => connection.follows(options.story)) ??
        ofService.find((connection) => connection.hasRoom);
      if (shared) return shared.connect(options);
      const connection = new Connection(origin, environment, () => connections.delete(connection));
      connections.add(connection);
      return connection.connect(options);
    },
  };
}

/** Plays the life of one socket: tells the state machines what happened, and does what the connection's asks for. */
class Connection implements Connections, Line {
  readonly origin: string;
  readonly environment: Environment;
  socket: Socket | null = null;
  /** By story. */
  readonly #followers = new Map<string, Follower>();
  readonly #tasks: (() => void)[] = [];
  readonly #stopListening: () => void;
  readonly #onUnused: () => void;
  #state: ConnectionState;
  #heardAt = 0;
  #cancelTimer = () => {};
  #busy = false;

  constructor(origin: string, environment: Environment, onUnused: () => void) {
    this.origin = origin;
    this.environment = environment;
    this.#onUnused = onUnused;
    const reader = { visible: environment.isVisible(), online: environment.isOnline() };
    this.#state = initialConnection(reader, environment.now());
    this.#stopListening = environment.onSign((sign) => {
      // The machine may have slept, and what looks like a connection may be none any more.
      this.post(() => this.socket?.check());
      this.post(() => this.#takeSign(sign));
    });
  }

  follows(story: string): boolean {
    return this.#followers.has(story);
  }

  get hasRoom(): boolean {
    return this.#followers.size < STORIES_PER_SOCKET;
  }

  connect(options: StoryConnectionOptions): StoryConnection {
    const listener = new Listener(options, this.environment.report);
    const follower = this.#followers.get(options.story) ?? new Follower(listener, this);
    this.#followers.set(options.story, follower);
    follower.add(listener);
    queueMicrotask(() => this.post(() => follower.welcome(listener)));
    return {
      keepNewest: (count) => this.post(() => follower.keepNewest(listener, count)),
      close: () => {
        if (listener.silence()) this.post(() => this.#let(listener, follower));
      },
    };
  }

  post(task: () => void): void {
    this.#tasks.push(task);
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#tasks.shift(); next; next = this.#tasks.shift()) {
      next();
      this.#settle();
    }
    this.#busy = false;
  }

  lose(): void {
    this.#advance({ type: "lost" });
  }

  /** The socket has just proved that nothing was under way. */
  #hear(): void {
    this.#heardAt = this.environment.now();
  }

  #advance(event: ConnectionEvent, now = this.environment.now()): void {
    const before = this.#state;
    const { state, effects } = transitionConnection(before, event, { now, random: this.environment.random() });
    this.#state = state;
    for (const effect of effects) {
      this.socket?.close();
      this.socket = effect === "open" ? this.#open() : null;
    }
    if (isLinked(before) && effects.includes("close")) {
      this.#advanceAll({ type: "disconnected", heardAt: this.#heardAt });
    }
  }

  #advanceAll(event: SubscriptionEvent, now?: number): void {
    for (const follower of this.#followers.values()) follower.advance(event, now);
  }

  #open(): Socket {
    /** What an earlier socket still has to say is of no interest. */
    const take = (task: () => void) =>
      this.post(() => {
        if (socket === this.socket) task();
      });
    const socket: Socket = this.environment.openSocket(this.origin, {
      onConnected: () => take(() => this.#advance({ type: "connected" })),
      onLost: () => take(() => this.lose()),
      onRefused: (payload, message) =>
        take(() => {
          const refusal = toRefusal(payload);
          this.#advance(refusal ? { type: "refused", message, ...refusal } : { type: "lost" });
        }),
      onHeartbeat: () => take(() => this.#hear()),
      onEvent: (name, payload) => take(() => this.#takeEvent(name, payload)),
    });
    return socket;
  }

  #takeEvent(name: SocketEvent, payload: unknown): void {
    this.#hear();
    if (name === "changes") {
      const range = toChangesEvent(payload);
      if (range) this.#followers.get(range.story)?.advance({ type: "range", range });
    } else if (name === "reset") {
      const reset = toResetEvent(payload);
      if (reset) this.#followers.get(reset.story)?.advance({ type: "reset", afterMs: reset.afterMs });
    } else if (name === "presence") {
      const presence = toPresenceEvent(payload);
      if (presence) this.#followers.get(presence.story)?.takePresence(presence.watching);
    } else {
      const goodbye = toGoodbyeEvent(payload);
      if (goodbye) this.#advance({ type: "goodbye", ...goodbye });
    }
  }

  #takeSign(sign: Sign): void {
    // The timers of a frozen tab did not run: what was due meanwhile comes first.
    this.#takeTime(this.environment.now());
    this.#advance({ type: sign === "restored" ? "visible" : sign });
    if (sign === "visible") this.#advanceAll({ type: "visible" });
    if (sign === "restored") this.#advanceAll({ type: "rejoin" });
  }

  #takeTime(now: number): void {
    this.#advance({ type: "due" }, now);
    this.#advanceAll({ type: "due" }, now);
  }

  /** After everything that happened: whether a socket is needed, who may join now, what to tell, what comes next. */
  #settle(): void {
    const followers = [...this.#followers.values()];
    if (followers.length > 0) {
      this.#advance({ type: followers.some(({ state }) => needsSocket(state)) ? "needed" : "unneeded" });
    }
    if (isLinked(this.#state)) this.#advanceAll({ type: "connected" });
    for (const follower of followers) follower.tellState(this.#state);
    const dueAt = followers.map(({ state }) => subscriptionDueAt(state));
    this.#wake(Math.min(connectionDueAt(this.#state), ...dueAt));
  }

  /** One timer for whatever comes next. */
  #wake(dueAt: number): void {
    this.#cancelTimer();
    if (dueAt === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.environment.after(Math.max(0, dueAt - this.environment.now()), () =>
      // A timer that fires is proof enough that its time has come, also when the clock was set back meanwhile.
      this.post(() => this.#takeTime(Math.max(dueAt, this.environment.now()))),
    );
  }

  #let(listener: Listener, follower: Follower): void {
    if (!follower.remove(listener)) return;
    follower.advance({ type: "leave" });
    this.#followers.delete(listener.story);
    if (this.#followers.size > 0) return;
    this.#advance({ type: "stop" });
    this.#stopListening();
    this.#onUnused();
  }
}
