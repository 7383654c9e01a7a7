import type { WorkerState } from "../colleagues.ts";
import type { Sample } from "../metrics.ts";

/** What the primary and its workers tell each other. Readers' bytes are not among it. */

/** Of each worker in the order of their numbers; null: it has not said anything yet, or is being replaced. */
export type CrewStates = readonly (WorkerState | null)[];

export type ToPrimary =
  | { kind: "started"; firstAdminKey: string | null }
  /** It cannot start. For the operator. */
  | { kind: "failed"; reason: string }
  /** The first `count` connections that it was offered are its own from now on. */
  | { kind: "took"; count: number }
  /** Its readers have left: it takes no connections any more, and ends when the last answers are given. */
  | { kind: "drained" }
  /** Whenever it changes, and every second as a sign of life. */
  | { kind: "state"; state: WorkerState }
  /** Somebody wants the metrics of the node. */
  | { kind: "metricsWanted"; id: number }
  | { kind: "samples"; id: number; samples: Sample[] };

export type ToCrew =
  | { kind: "states"; states: CrewStates }
  | { kind: "samplesWanted"; id: number }
  | { kind: "metrics"; id: number; text: string }
  /** Let the readers go, and end. */
  | { kind: "drain" };

/** Links between the two: what is told above, and what a worker asks of the embedded store. */
export const CREW_TOPIC = "crew";
export const STORE_TOPIC = "store";
/** The variable that tells a process which worker it is. No setting: an operator has nothing to do with it. */
export const WORKER_VARIABLE = "DATELINE_WORKER";
/** How often a worker gives a sign of life. */
export const SIGN_OF_LIFE_MS = 1_000;
