import type { JoinRequest } from "../../src/protocol/events.ts";

/** What the process of the readers is told to do; each order is answered before the next one. */
export type Order =
  | { do: "connect"; port: number; count: number; join: JoinRequest }
  /** All of them, `times` each. */
  | { do: "rejoin"; times: number; join: JoinRequest }
  /** Forget what has arrived. */
  | { do: "count" }
  /** Answer when so many ranges have arrived since. */
  | { do: "await"; frames: number }
  | { do: "close" };

/** When the ranges arrived, in milliseconds since 1970: of half of them, of 99 in a hundred, of all. */
export type Arrivals = { p50: number; p99: number; last: number };
export type Answer = { ok: true; arrivals?: Arrivals } | { ok: false; reason: string };

/** The clock that processes of one machine share. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
