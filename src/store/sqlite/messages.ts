import type { Announcement } from "../announcements.ts";
import type { StoryArchives } from "../archive.ts";
import type { Catalogue } from "../catalogue.ts";
import type { KeyStore } from "../key-store.ts";
import type { StoryRecords } from "../story-records.ts";
import type { TimelineStore } from "../timeline-store.ts";
import type { Written } from "./committer.ts";

/** What goes between the thread that serves readers and the one that waits for the disk. Structured clones. */

type Methods = Omit<TimelineStore, "close"> & StoryRecords & Catalogue & KeyStore & StoryArchives;
type WriteName = "commit" | "renewEpoch" | "eraseRevision" | "importStory" | "addKey" | "revokeKey" | "signingSecret";

type Answered<F> = F extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never;
/** A port as its answers are computed: at once, or by throwing. */
export type Calls<Port> = { [M in keyof Port]: Answered<Port[M]> };

export type Reads = Calls<Omit<Methods, WriteName>>;
export type Writes = {
  [M in WriteName]: (...args: Parameters<Methods[M]>) => Written<Awaited<ReturnType<Methods[M]>>>;
};

export type MethodName = keyof Methods;
export type Arguments<M extends MethodName> = Parameters<Methods[M]>;
export type Result<M extends MethodName> = Awaited<ReturnType<Methods[M]>>;

export type ToWorker =
  | { kind: "call"; id: number; method: MethodName; args: unknown[] }
  /** Comes back among the announcements under its id. */
  | { kind: "probe"; id: number }
  | { kind: "close" };

export type Announced =
  | { kind: "announcement"; slug: string; announcement: Announcement }
  | { kind: "probe"; id: number };

export type Answer =
  | { id: number; ok: true; value: unknown }
  /** `reason` may be shown to anybody; `cause` is for the log. */
  | { id: number; ok: false; reason: string; cause?: string };

export type FromWorker =
  | { kind: "opened" }
  /** For the operator. */
  | { kind: "refused"; reason: string }
  /** Announcements go before answers: whoever is told that its commit is done has heard of it before. */
  | { kind: "news"; announced: Announced[]; answers: Answer[] };

export type WorkerOptions = {
  file: string;
  keepCommits: number;
  idempotencyWindowMs: number;
  exclusive: boolean;
};
