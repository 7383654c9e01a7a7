import type { EntryDraft, EntryPatch, StoryDraft } from "./newsroom.ts";

/** One act of an editor. `name` stands for the id that the service gives to an entry only when it is published. */
export type Step = {
  /** The pause before the step, at pace 1. */
  waitMs: number;
} & (
  | { kind: "publish"; name: string; entry: EntryDraft }
  | { kind: "revise"; name: string; patch: EntryPatch }
  | { kind: "retract"; name: string }
  | { kind: "pin"; name: string }
  | { kind: "unpin" }
  | { kind: "end" }
);

export type Script = { story: StoryDraft; steps: readonly Step[] };
