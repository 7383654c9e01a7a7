import type { LivenessState } from "./connection-options.ts";
import { type ConnectionState, isLinked } from "./connection-state.ts";
import type { SubscriptionState } from "./connection-subscription.ts";

/** What to tell a reader of one story. Says `live` only while nothing can be missing. */
export function livenessOf(connection: ConnectionState, subscription: SubscriptionState): LivenessState {
  if (subscription.kind === "refused") return refusal(subscription);
  if (subscription.kind === "ended") return { kind: "ended" };
  if (connection.kind === "refused") return refusal(connection);
  const since = subscription.kind === "left" ? null : subscription.held.wholeAt;
  const reasons = connection.kind === "paused" ? connection.reasons : [];
  if (reasons.includes("offline")) return { kind: "offline", since };
  if (reasons.includes("hidden")) return { kind: "asleep", since };
  if (since === null) return { kind: "connecting" };
  const live = subscription.kind === "live" && isLinked(connection);
  return { kind: live ? "live" : "reconnecting", since };
}

function refusal({ code, message }: { code: string; message: string }): LivenessState {
  return { kind: "refused", code, message };
}
