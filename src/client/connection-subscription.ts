import type { ChangesEvent, JoinReply } from "../protocol/events.ts";
import type { Change } from "../protocol/shapes.ts";
import type { Timeline } from "../protocol/timeline.ts";
import { lookDelayMs } from "./connection-limits.ts";

/**
 * The life of one story on a socket, as a pure function of what happened, of the time and of chance.
 *
 *             connected             answered              the story ends
 *      apart ───────────▶ joining ────────────▶ live ───────────────────▶ ended
 *        ▲                │ ▲   ▲               │  │                        │
 *        │      put off,  │ │   └───────────────┘  │                        │
 *        │         reset  │ │    hole, rejoin      │ reset                  │
 *        │                │ │ due                  │                        │
 *        │                ▼ │                      │                        │
 *        │               waiting ◀─────────────────┘                        │
 *        │                                                                  │
 *        └──── disconnected: joining, live, waiting ──── reopened: ended ───┘
 *
 *      joining, ended ── refused for good ──▶ refused       any ── leave ──▶ left
 *
 * An ended story holds no place on the socket; it is looked at by HTTP while the page is seen.
 * All times are milliseconds since 1970; `Infinity` is never.
 */
export type SubscriptionState =
  /** The socket is not connected. */
  | { readonly kind: "apart"; readonly held: Held }
  /** `asked`: the position that the join named. `early`: ranges that came before the answer and do not fit yet. */
  | {
      readonly kind: "joining";
      readonly held: Held;
      readonly asked: string | undefined;
      readonly answerBy: number;
      readonly early: readonly ChangesEvent[];
    }
  /** Whole. `sampled`: the service wants to hear when changes are painted. */
  | { readonly kind: "live"; readonly held: Held; readonly sampled: boolean }
  /** Until `held.notBefore`, as the service asked. */
  | { readonly kind: "waiting"; readonly held: Held }
  | { readonly kind: "ended"; readonly held: Held; readonly lookAt: number; readonly looking: boolean }
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  | { readonly kind: "left" };

export type Held = {
  readonly timeline: Timeline | null;
  /** When the timeline was last proven to be whole. */
  readonly wholeAt: number | null;
  /** The service wants the next join to name no position. */
  readonly afresh: boolean;
  readonly notBefore: number;
  /** Joins in a row that the service put off. */
  readonly failures: number;
  /** Numbers the joins, so that an answer finds its question. */
  readonly joins: number;
  /** The earliest time of the next `seen`. */
  readonly reportAt: number;
};

export type SubscriptionEvent =
  | { readonly type: "connected" }
  /** `heardAt`: when the socket last proved that nothing was under way. */
  | { readonly type: "disconnected"; readonly heardAt: number }
  | { readonly type: "answered"; readonly join: number; readonly reply: JoinReply }
  /** The answer is there, and is being completed. */
  | { readonly type: "answering"; readonly join: number }
  | { readonly type: "range"; readonly range: ChangesEvent }
  | { readonly type: "reset"; readonly afterMs: number }
  /** The answer of a look at an ended story, in the form of an answer to a join; null: nothing new, or no answer. */
  | { readonly type: "looked"; readonly reply: JoinReply | null }
  /** The reader has come back to the tab. */
  | { readonly type: "visible" }
  /** Asks again with what it holds: to prove that the socket still works, or because there is more to ask for. */
  | { readonly type: "rejoin" }
  /** Asks for a wider window than it holds. */
  | { readonly type: "widen" }
  /** Lets go of all but the newest entries. */
  | { readonly type: "shorten"; readonly count: number }
  | { readonly type: "due" }
  | { readonly type: "leave" };

export type SubscriptionEffect =
  | { readonly type: "join"; readonly join: number; readonly position: string | undefined }
  | { readonly type: "leave" }
  /** The join was never answered: the connection is as good as lost. */
  | { readonly type: "lost" }
  | { readonly type: "look"; readonly position: string }
  /** `changes` is null when the story was taken anew. */
  | { readonly type: "timeline"; readonly timeline: Timeline; readonly changes: readonly Change[] | null }
  | { readonly type: "seen"; readonly seq: number };

/** `random` is in [0, 1). */
export type Moment = { readonly now: number; readonly random: number; readonly visible: boolean };
export type SubscriptionStep = { readonly state: SubscriptionState; readonly effects: readonly SubscriptionEffect[] };
export type Subscribed<K extends SubscriptionState["kind"]> = Extract<SubscriptionState, { kind: K }>;

/** @param timeline what the page already shows. */
export function initialSubscription(timeline: Timeline | null, at: Moment): SubscriptionState {
  const held = { timeline, wholeAt: null, afresh: false, notBefore: 0, failures: 0, joins: 0, reportAt: 0 };
  return timeline?.story.status === "ended" ? rest(held, at) : { kind: "apart", held };
}

export function needsSocket({ kind }: SubscriptionState): boolean {
  return kind === "apart" || isOnSocket(kind);
}

/** Whether the service may count this reader in. */
export function isOnSocket(kind: SubscriptionState["kind"]): boolean {
  return kind === "joining" || kind === "live" || kind === "waiting";
}

/** The next time at which the state wants to hear `due`. */
export function subscriptionDueAt(state: SubscriptionState): number {
  if (state.kind === "joining") return state.answerBy;
  if (state.kind === "waiting") return state.held.notBefore;
  return state.kind === "ended" ? state.lookAt : Number.POSITIVE_INFINITY;
}

/** Off the socket, until the next look. */
export function rest(held: Held, { now, random }: Moment): Subscribed<"ended"> {
  return { kind: "ended", held, lookAt: now + lookDelayMs(random), looking: false };
}
