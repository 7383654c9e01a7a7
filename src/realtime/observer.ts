import type { CatchUp } from "../protocol/events.ts";
import type { ProblemCode } from "../protocol/problem.ts";
import type { ResetReason } from "./reader.ts";

export type ReaderKind = "socket" | "stream";

/** Told of what operators count. Stands in the way of every delivery: must neither wait nor throw. */
export type Observer = {
  /** A reader was let into a story, and answered with this. */
  joined(kind: ReaderKind, mode: CatchUp["mode"]): void;
  refused(code: ProblemCode): void;
  /** A range was handed to so many readers, with one write each. */
  handedOn(readers: number): void;
  /** One reader has to start a story again. */
  reset(reason: ResetReason): void;
  /** One reader has lost its queue. */
  tooSlow(): void;
  /** A sampled reader says that it has painted a change: the time since its commit. */
  seen(seconds: number): void;
};
