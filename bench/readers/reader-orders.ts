import type { JoinRequest } from "../../src/protocol/events.ts";
import type { DialectName } from "./dialects.ts";

export type Entrance = {
  port: number;
  dialect: DialectName;
  /** Each gets `readersEach`. */
  stories: string[];
  readersEach: number;
  /** So many handshakes are under way at once. */
  atOnce: number;
  /** Where the stories stand. */
  head: number;
  /** What Dateline is asked for besides the story. */
  join: Omit<JoinRequest, "story">;
  deflate: boolean;
};

/** When a change was published, by `nowMs`. */
export type Publication = { story: string; seq: number; at: number };

/** What the process of the readers is told to do; each order is answered before the next one. */
export type Order =
  | ({ do: "enter" } & Entrance)
  /** Of the readers of Dateline, `times` each. */
  | { do: "rejoin"; times: number; join: JoinRequest }
  /** Forget what has arrived. */
  | { do: "listen" }
  /** Answer when all readers of each story stand at its head, or nothing has arrived for so long. */
  | { do: "await"; heads: Record<string, number>; silenceMs: number }
  /** Say what has arrived since "listen". */
  | { do: "collect"; publications: Publication[] }
  | { do: "leave" };

/** From publish to reader, in milliseconds, over all readers and changes. */
export type Latency = { p50: number; p99: number; max: number };
export type Heard = {
  deliveries: number;
  changes: number;
  bytes: number;
  latency: Latency;
  /** Changes that readers never got, or more than once; added up over the readers. */
  lost: number;
  repeated: number;
};
/** @property refusals how often readers were asked to come again. */
export type Entered = { refusals: number };
export type Answer = { ok: true; heard?: Heard; entered?: Entered; behind?: number } | { ok: false; reason: string };

/** The clock that processes of one machine share. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
