import type { ChangesEvent, JoinReply } from "../protocol/events.ts";
import { RESUMABLE_COMMITS, SEEN_MIN_INTERVAL_MS } from "../protocol/limits.ts";
import type { SocketError } from "../protocol/problem.ts";
import { receive, trim } from "../protocol/timeline.ts";
import { backoffMs, DEPTH_DEADLINE_MS, EARLY_RANGES_MAX, JOIN_DEADLINE_MS } from "./connection-limits.ts";
import { takeAnswer, takeEarly } from "./connection-reception.ts";
import {
  type Held,
  isOnSocket,
  type Moment,
  rest,
  type Subscribed,
  type SubscriptionEffect,
  type SubscriptionEvent,
  type SubscriptionState,
  type SubscriptionStep,
  subscriptionDueAt,
} from "./connection-subscription.ts";

/** An event that means nothing to a state yields the very same state and no effects. */
export function transitionSubscription(
  state: SubscriptionState,
  event: SubscriptionEvent,
  at: Moment,
): SubscriptionStep {
  switch (event.type) {
    case "connected":
      return state.kind === "apart" ? join(state.held, at) : stay(state);
    case "disconnected":
      return part(state, event.heardAt);
    case "answering":
      if (state.kind !== "joining" || event.join !== state.held.joins) return stay(state);
      return stay({ ...state, answerBy: at.now + DEPTH_DEADLINE_MS });
    case "answered":
      if (state.kind !== "joining" || event.join !== state.held.joins) return stay(state);
      return takeReply(state, event.reply, at);
    case "range":
      return takeRange(state, event.range, at);
    case "reset":
      if (!("held" in state) || !isOnSocket(state.kind)) return stay(state);
      return stay({ kind: "waiting", held: { ...state.held, afresh: true, notBefore: at.now + event.afterMs } });
    case "looked":
      return state.kind === "ended" ? takeLook(state, event.reply, at) : stay(state);
    case "visible":
      return state.kind === "ended" ? look(state) : stay(state);
    case "rejoin":
      if (state.kind === "ended") return look(state);
      return state.kind === "live" || state.kind === "joining" ? join(state.held, at) : stay(state);
    case "widen":
      return widen(state, at);
    case "shorten":
      return shorten(state, event.count);
    case "due":
      return takeTime(state, at);
    case "leave":
      if (state.kind === "left") return stay(state);
      return { state: { kind: "left" }, effects: isOnSocket(state.kind) ? [{ type: "leave" }] : [] };
  }
}

function takeTime(state: SubscriptionState, at: Moment): SubscriptionStep {
  if (at.now < subscriptionDueAt(state)) return stay(state);
  if (state.kind === "joining") return { state: { kind: "apart", held: state.held }, effects: [{ type: "lost" }] };
  if (state.kind === "waiting") return join(state.held, at);
  if (state.kind !== "ended") return stay(state);
  return at.visible ? look(state) : stay({ ...state, lookAt: Number.POSITIVE_INFINITY });
}

function join(held: Held, { now }: Moment): SubscriptionStep {
  if (now < held.notBefore) return stay({ kind: "waiting", held });
  const joins = held.joins + 1;
  const asked = held.afresh ? undefined : held.timeline?.position;
  return {
    state: { kind: "joining", held: { ...held, joins }, asked, answerBy: now + JOIN_DEADLINE_MS, early: [] },
    effects: [{ type: "join", join: joins, position: asked }],
  };
}

function widen(state: SubscriptionState, at: Moment): SubscriptionStep {
  if (!("held" in state)) return stay(state);
  const held = { ...state.held, afresh: true };
  if (state.kind === "live" || state.kind === "joining") return join(held, at);
  return stay({ kind: state.kind === "waiting" ? "waiting" : "apart", held });
}

/** What was heard lately of other entries is kept: it counts more than what is looked up of them. */
function shorten(state: SubscriptionState, count: number): SubscriptionStep {
  const timeline = "held" in state ? state.held.timeline : null;
  if (!("held" in state) || !timeline || timeline.entries.length <= count) return stay(state);
  const shorter = trim(timeline, count, timeline.seq - RESUMABLE_COMMITS);
  return stay({ ...state, held: { ...state.held, timeline: shorter } });
}

function part(state: SubscriptionState, heardAt: number): SubscriptionStep {
  if (!("held" in state) || !isOnSocket(state.kind)) return stay(state);
  const { held } = state;
  const wholeAt = state.kind === "live" ? Math.max(held.wholeAt ?? 0, heardAt) : held.wholeAt;
  return stay({ kind: "apart", held: { ...held, wholeAt } });
}

function takeReply(state: Subscribed<"joining">, reply: JoinReply, at: Moment): SubscriptionStep {
  if (!reply.ok) return takeRefusal(state.held, reply.error, at);
  const taken = takeAnswer(state.held.timeline, reply, state.asked);
  if (!taken) return putOff({ ...state.held, afresh: true }, at);
  const { timeline, news, hole } = takeEarly(taken, state.early);
  const effects: SubscriptionEffect[] = news.map((one) => ({ type: "timeline", ...one }));
  const next = hole
    ? join({ ...state.held, timeline, afresh: false }, at)
    : settle({ ...state.held, timeline }, reply.sample === true, at);
  return { state: next.state, effects: [...effects, ...next.effects] };
}

function takeRange(state: SubscriptionState, range: ChangesEvent, at: Moment): SubscriptionStep {
  if (state.kind !== "joining" && state.kind !== "live") return stay(state);
  const { held } = state;
  const received = held.timeline && receive(held.timeline, range.epoch, range);
  if (received?.outcome === "known") return stay(state);
  if (received?.outcome !== "applied") {
    if (state.kind === "live") return join(held, at);
    return stay({ ...state, early: [...state.early, range].slice(-EARLY_RANGES_MAX) });
  }
  const { timeline } = received;
  const news = { type: "timeline", timeline, changes: range.changes } as const;
  if (state.kind === "joining") return { state: { ...state, held: { ...held, timeline } }, effects: [news] };
  const report = state.sampled && at.visible && at.now >= held.reportAt;
  const reportAt = report ? at.now + SEEN_MIN_INTERVAL_MS : held.reportAt;
  const next = settle({ ...held, timeline, reportAt }, state.sampled, at);
  const seen = { type: "seen", seq: timeline.seq } as const;
  return { state: next.state, effects: [news, ...(report ? [seen] : []), ...next.effects] };
}

/** A whole timeline says whether there is anything left to wait for. */
function settle(held: Held, sampled: boolean, at: Moment): SubscriptionStep {
  const whole = { ...held, wholeAt: at.now, afresh: false, failures: 0 };
  if (whole.timeline?.story.status !== "ended") return stay({ kind: "live", held: whole, sampled });
  return { state: rest(whole, at), effects: [{ type: "leave" }] };
}

function takeRefusal(held: Held, { code, message, retryable }: SocketError, at: Moment): SubscriptionStep {
  if (retryable) return putOff(held, at);
  const named = !held.afresh && held.timeline !== null;
  // A position that this service cannot read, say of an older version, must not end the story for the reader.
  if (code === "validation_failed" && named) return join({ ...held, afresh: true }, at);
  return stay({ kind: "refused", code, message });
}

function putOff(held: Held, { now, random }: Moment): SubscriptionStep {
  const { failures } = held;
  const notBefore = now + backoffMs(failures, random);
  return stay({ kind: "waiting", held: { ...held, failures: failures + 1, notBefore } });
}

function takeLook(state: Subscribed<"ended">, reply: JoinReply | null, at: Moment): SubscriptionStep {
  const { held } = state;
  if (reply && !reply.ok) return stay({ kind: "refused", code: reply.error.code, message: reply.error.message });
  const taken = reply && takeAnswer(held.timeline, reply, held.timeline?.position);
  if (!taken) return stay(rest(held, at));
  const whole = { ...held, timeline: taken.timeline, wholeAt: at.now };
  const reopened = taken.timeline.story.status !== "ended";
  return {
    state: reopened ? { kind: "apart", held: whole } : rest(whole, at),
    effects: taken.news.map((one) => ({ type: "timeline", ...one })),
  };
}

function look(state: Subscribed<"ended">): SubscriptionStep {
  if (state.looking || !state.held.timeline) return stay(state);
  const { position } = state.held.timeline;
  const looking = { ...state, lookAt: Number.POSITIVE_INFINITY, looking: true };
  return { state: looking, effects: [{ type: "look", position }] };
}

function stay(state: SubscriptionState): SubscriptionStep {
  return { state, effects: [] };
}
