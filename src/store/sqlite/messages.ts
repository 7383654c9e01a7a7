import type { Announcement } from "../announcements.ts";
import type { StoryArchives } from "../archive.ts";
import type { Catalogue } from "../catalogue.ts";
import type { KeyStore } from "../key-store.ts";
import type { StoryRecords } from "../story-records.ts";
import type { Tallies } from "../tallies.ts";
import type { TimelineStore } from "../timeline-store.ts";
import type { Written } from "./committer.ts";
import type { Link } from "./link.ts";

/**
 * What goes between those who serve readers and the thread that waits for the disk. Structured clones. In between there
 * may be a {@link StoreHub}, for which this side is another process.
 */

type StoredMethods = Omit<TimelineStore, "close"> & StoryRecords & Catalogue & KeyStore & StoryArchives;
/** Tallies are nothing that is stored: whoever is alone counts by itself, several do at their hub. */
type Methods = StoredMethods & Tallies;
type WriteName = "commit" | "renewEpoch" | "eraseRevision" | "importStory" | "addKey" | "revokeKey" | "signingSecret";

type Answered<F> = F extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never;
/** A port as its answers are computed: at once, or by throwing. */
export type Calls<Port> = { [M in keyof Port]: Answered<Port[M]> };

export type Reads = Calls<Omit<StoredMethods, WriteName>>;
export type Writes = {
  [M in WriteName]: (...args: Parameters<Methods[M]>) => Written<Awaited<ReturnType<Methods[M]>>>;
};

export type MethodName = keyof Methods;
export type Arguments<M extends MethodName> = Parameters<Methods[M]>;
export type Result<M extends MethodName> = Awaited<ReturnType<Methods[M]>>;

export type ToStore =
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

/** Announcements go before answers: whoever is told that its commit is done has heard of it before. */
export type News = { kind: "news"; announced: Announced[]; answers: Answer[] };

export type FromStore =
  | News
  /** The last message: everything that was asked has been answered. */
  | { kind: "closed" };

export type StoreLink = Link<ToStore, FromStore>;

/** The first message of the thread. */
export type Opened =
  | { kind: "opened" }
  /** For the operator. */
  | { kind: "refused"; reason: string };

export type ThreadOptions = {
  file: string;
  keepCommits: number;
  idempotencyWindowMs: number;
  exclusive: boolean;
};
