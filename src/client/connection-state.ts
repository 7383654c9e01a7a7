import { backoffMs, CONNECT_DEADLINE_MS, SLEEP_AFTER_MS, STEADY_AFTER_MS } from "./connection-limits.ts";

/**
 * The life of one socket, as a pure function of what happened, of the time and of chance.
 *
 *           the last reason lifted              connected               goodbye
 *      paused ────────────────────▶ connecting ───────────▶ connected ─────────▶ leaving
 *                                    ▲ │   ▲                    │                 │  │
 *                                    │ │   └────────────────────┼─ its time came ─┘  │
 *                                due │ │ lost, refused for now  │ lost               │ lost
 *                                    │ ▼                        │                    │
 *                                  waiting ◀────────────────────┴────────────────────┘
 *
 *      connecting, connected, leaving, waiting ── hidden for 5 min, stored, offline, unneeded ──▶ paused
 *      connecting ── refused for good ──▶ refused       any ── stop ──▶ stopped
 *
 * All times are milliseconds since 1970; `Infinity` is never.
 */
export type ConnectionState =
  | { readonly kind: "paused"; readonly carried: Carried; readonly reasons: readonly PauseReason[] }
  | { readonly kind: "connecting"; readonly carried: Carried; readonly giveUpAt: number }
  | { readonly kind: "connected"; readonly carried: Carried; readonly since: number }
  /** Connected and live, on a node that drains. */
  | { readonly kind: "leaving"; readonly carried: Carried; readonly since: number; readonly leaveAt: number }
  | { readonly kind: "waiting"; readonly carried: Carried; readonly retryAt: number }
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  | { readonly kind: "stopped" };

/** `unneeded`: every story of this socket has ended or was refused. Reasons are lifted one by one. */
export type PauseReason = "hidden" | "offline" | "unneeded";

type Carried = {
  /** When the hidden tab falls asleep. */
  readonly sleepAt: number;
  /** Attempts in a row that led to no lasting connection. */
  readonly failures: number;
  /** The service asked not to be called before; a reader's return does not overrule that. */
  readonly notBefore: number;
};

export type ConnectionEvent =
  | { readonly type: "connected" }
  /** The attempt failed, the socket closed, or it stopped answering. */
  | { readonly type: "lost" }
  | {
      readonly type: "refused";
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly type: "goodbye"; readonly reconnectAfterMs: number }
  /** `stored`: no browser keeps a page for the way back while it holds a socket. */
  | { readonly type: "hidden" | "visible" | "stored" | "offline" | "online" | "unneeded" | "needed" }
  /** A time named in the state may have come. */
  | { readonly type: "due" }
  | { readonly type: "stop" };

export type ConnectionEffect = "open" | "close";
/** `random` is in [0, 1). */
export type Instant = { readonly now: number; readonly random: number };
export type ConnectionStep = { readonly state: ConnectionState; readonly effects: readonly ConnectionEffect[] };

type Alive = Exclude<ConnectionState, { kind: "refused" | "stopped" }>;
type Linked = Extract<ConnectionState, { kind: "connected" | "leaving" }>;

/** Refusals that no later attempt will overcome; all others are worth one. */
const TERMINAL_CODES = ["forbidden", "unauthenticated", "not_found", "validation_failed"];

export function initialConnection(reader: { visible: boolean; online: boolean }, now: number): ConnectionState {
  const sleepAt = reader.visible ? Number.POSITIVE_INFINITY : now + SLEEP_AFTER_MS;
  const reasons: PauseReason[] = reader.online ? ["unneeded"] : ["unneeded", "offline"];
  return { kind: "paused", carried: { sleepAt, failures: 0, notBefore: 0 }, reasons };
}

/** The next time at which the state wants to hear `due`. */
export function connectionDueAt(state: ConnectionState): number {
  if (state.kind === "refused" || state.kind === "stopped") return Number.POSITIVE_INFINITY;
  return Math.min(state.carried.sleepAt, deadlineOf(state));
}

export function isLinked(state: ConnectionState): state is Linked {
  return state.kind === "connected" || state.kind === "leaving";
}

/** An event that means nothing to a state yields the very same state and no effects. */
export function transitionConnection(state: ConnectionState, event: ConnectionEvent, at: Instant): ConnectionStep {
  if (state.kind === "stopped") return stay(state);
  if (event.type === "stop") return { state: { kind: "stopped" }, effects: closing(state) };
  if (state.kind === "refused") return stay(state);
  switch (event.type) {
    case "connected":
      if (state.kind !== "connecting") return stay(state);
      return stay({ kind: "connected", carried: state.carried, since: at.now });
    case "lost":
      return lose(state, at);
    case "refused":
      return refuse(state, event, at);
    case "goodbye":
      return takeGoodbye(state, at.now + event.reconnectAfterMs);
    case "hidden":
      return hide(state, at.now + SLEEP_AFTER_MS);
    case "stored":
      return pause(stayAwake(state), "hidden");
    case "visible":
      return retry(lift(stayAwake(state), "hidden"), at);
    case "online":
      return retry(lift(state, "offline"), at);
    case "needed":
      return state.kind === "paused" ? retry(lift(state, "unneeded"), at) : stay(state);
    case "offline":
    case "unneeded":
      return pause(state, event.type);
    case "due":
      return takeTime(state, at);
  }
}

function deadlineOf(state: Alive): number {
  if (state.kind === "connecting") return state.giveUpAt;
  if (state.kind === "waiting") return state.retryAt;
  return state.kind === "leaving" ? state.leaveAt : Number.POSITIVE_INFINITY;
}

function takeTime(state: Alive, at: Instant): ConnectionStep {
  if (at.now >= state.carried.sleepAt) return pause(stayAwake(state), "hidden");
  if (at.now < deadlineOf(state)) return stay(state);
  if (state.kind === "connecting") return lose(state, at);
  if (state.kind === "waiting") return open(state.carried, at);
  const { state: next, effects } = open(state.carried, at);
  return { state: next, effects: ["close", ...effects] };
}

function open(carried: Carried, { now }: Instant): ConnectionStep {
  if (now < carried.notBefore) return stay({ kind: "waiting", carried, retryAt: carried.notBefore });
  return { state: { kind: "connecting", carried, giveUpAt: now + CONNECT_DEADLINE_MS }, effects: ["open"] };
}

function lose(state: Alive, { now, random }: Instant): ConnectionStep {
  if (state.kind !== "connecting" && !isLinked(state)) return stay(state);
  const steady = isLinked(state) && now - state.since >= STEADY_AFTER_MS;
  const failures = steady ? 0 : state.carried.failures;
  const carried = { ...state.carried, failures: failures + 1 };
  return { state: { kind: "waiting", carried, retryAt: now + backoffMs(failures, random) }, effects: ["close"] };
}

function refuse(state: Alive, refusal: Extract<ConnectionEvent, { type: "refused" }>, at: Instant): ConnectionStep {
  if (state.kind !== "connecting") return stay(state);
  const { code, message, retryAfterMs } = refusal;
  if (TERMINAL_CODES.includes(code)) return { state: { kind: "refused", code, message }, effects: ["close"] };
  if (retryAfterMs === undefined) return lose(state, at);
  const carried = { ...state.carried, notBefore: at.now + retryAfterMs };
  return { state: { kind: "waiting", carried, retryAt: carried.notBefore }, effects: ["close"] };
}

function takeGoodbye(state: Alive, leaveAt: number): ConnectionStep {
  if (!isLinked(state) || (state.kind === "leaving" && state.leaveAt <= leaveAt)) return stay(state);
  return stay({ kind: "leaving", carried: state.carried, since: state.since, leaveAt });
}

function hide(state: Alive, sleepAt: number): ConnectionStep {
  const asleep = state.kind === "paused" && state.reasons.includes("hidden");
  if (asleep || state.carried.sleepAt !== Number.POSITIVE_INFINITY) return stay(state);
  return stay({ ...state, carried: { ...state.carried, sleepAt } });
}

function stayAwake(state: Alive): Alive {
  if (state.carried.sleepAt === Number.POSITIVE_INFINITY) return state;
  return { ...state, carried: { ...state.carried, sleepAt: Number.POSITIVE_INFINITY } };
}

function pause(state: Alive, reason: PauseReason): ConnectionStep {
  const reasons = state.kind === "paused" ? state.reasons : [];
  if (reasons.includes(reason)) return stay(state);
  const paused = { kind: "paused", carried: state.carried, reasons: [...reasons, reason] } as const;
  return { state: paused, effects: closing(state) };
}

function lift(state: Alive, reason: PauseReason): Alive {
  if (state.kind !== "paused" || !state.reasons.includes(reason)) return state;
  return { ...state, reasons: state.reasons.filter((other) => other !== reason) };
}

/** A reader who is back, or whose network is, waits no longer for what nobody asked it to wait for. */
function retry(state: Alive, at: Instant): ConnectionStep {
  if (state.kind === "paused") return state.reasons.length === 0 ? open(state.carried, at) : stay(state);
  return state.kind === "waiting" && at.now >= state.carried.notBefore ? open(state.carried, at) : stay(state);
}

function stay(state: ConnectionState): ConnectionStep {
  return { state, effects: [] };
}

function closing(state: ConnectionState): ConnectionEffect[] {
  return state.kind === "connecting" || isLinked(state) ? ["close"] : [];
}
