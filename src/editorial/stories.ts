import { isDeepStrictEqual } from "node:util";
import { directionOf } from "../protocol/direction.ts";
import { DEFAULT_LANGUAGE } from "../protocol/limits.ts";
import { Problem } from "../protocol/problem.ts";
import type { Story, StoryDraft, StoryPatch, StoryStatus } from "../protocol/shapes.ts";
import type { StoredItem, StoryBody } from "../store/records.ts";
import type { StoryRecord } from "../store/story-records.ts";
import type { Write } from "../store/timeline-store.ts";
import { itemOfKind, type Plan } from "./command.ts";
import { renderBackground } from "./markdown.ts";

/** Decisions on a story's own fields. Pure: what is there and what is wanted in, a plan or a problem out. */

export function planCreation(record: StoryRecord | "removed" | null, draft: StoryDraft, now: Date): Plan {
  if (record) {
    throw new Problem(
      "slug_taken",
      `There is, or was, another story with the slug "${draft.slug}". Choose another slug.`,
    );
  }
  const status = draft.status ?? "draft";
  const language = draft.language ?? DEFAULT_LANGUAGE;
  const body: StoryBody = {
    slug: draft.slug,
    headline: draft.headline,
    summary: draft.summary ?? null,
    status,
    timeZone: draft.timeZone,
    language,
    direction: directionOf(language),
    topics: draft.topics ?? [],
    authors: draft.authors ?? [],
    image: draft.image ?? null,
    pinnedEntryId: null,
    coverageStart: draft.coverageStart ?? now.toISOString(),
    coverageEnd: status === "ended" ? now.toISOString() : null,
  };
  const writes: Write[] = [{ kind: "story", body, allowedOrigins: draft.allowedOrigins ?? [] }];
  if (draft.background) writes.push(backgroundWrite(draft.background));
  return { guards: [{ item: "story", seq: 0 }], writes };
}

/** @param expects whether the story's seq is one that the editor has seen. */
export function planStoryPatch(
  record: StoryRecord,
  patch: StoryPatch,
  expects: (seq: number) => boolean,
  now: Date,
): Plan | null {
  const current = requireStory(record);
  if (!expects(current.seq))
    throw new Problem("revision_mismatch", `The story is at ${current.seq} now. Read it again.`);
  const { background, allowedOrigins = current.allowedOrigins, ...fields } = patch;
  const before = bodyOf(current);
  const status = fields.status ?? before.status;
  const language = fields.language ?? before.language;
  const body: StoryBody = {
    ...before,
    ...withoutUndefined(fields),
    direction: directionOf(language),
    coverageEnd: status === "ended" ? (before.coverageEnd ?? now.toISOString()) : null,
  };
  const writes: Write[] = [];
  if (!isDeepStrictEqual(body, before) || !isDeepStrictEqual(allowedOrigins, current.allowedOrigins)) {
    writes.push({ kind: "story", body, allowedOrigins });
  }
  const currentBackground = itemOfKind(record, "background");
  if (background !== undefined && (background?.markdown ?? null) !== (currentBackground?.markdown ?? null)) {
    writes.push(backgroundWrite(background));
  }
  if (writes.length === 0) return null;
  const guards = [
    { item: "story", seq: current.seq },
    { item: "background", seq: currentBackground?.seq ?? 0 },
  ];
  return { guards, writes };
}

export function planPin(record: StoryRecord, entryId: string | null): Plan | null {
  const current = requireStory(record);
  const guards = [{ item: "story", seq: current.seq }];
  if (entryId !== null) guards.push({ item: entryId, seq: requireEntry(record, entryId).seq });
  const write = pinWrite(current, entryId);
  return write && { guards, writes: [write] };
}

/** @returns null when that is what is pinned already. */
export function pinWrite(current: StoryItem, pinnedEntryId: string | null): Write | null {
  const before = bodyOf(current);
  if (before.pinnedEntryId === pinnedEntryId) return null;
  return { kind: "story", body: { ...before, pinnedEntryId }, allowedOrigins: current.allowedOrigins };
}

export function planRemoval(record: StoryRecord): Plan {
  return { guards: [{ item: "story", seq: requireStory(record).seq }], writes: [{ kind: "removal" }] };
}

export type StoryItem = Extract<StoredItem, { kind: "story" }>;

/** For decisions on a story that must be there. The store keeps no story without its fields. */
export function requireStory(record: StoryRecord): StoryItem {
  const item = itemOfKind(record, "story");
  if (!item) throw new Error("A decision on a story did not ask for its fields.");
  return item;
}

export function requireEntry(record: StoryRecord, id: string): Extract<StoredItem, { kind: "entry" }> {
  if (itemOfKind(record, "retraction")?.tombstone.id === id) throw retractedProblem();
  const item = itemOfKind(record, "entry");
  if (item?.entry.id !== id) throw new Problem("not_found", `There is no entry "${id}" in this story.`);
  return item;
}

export function retractedProblem(): Problem {
  return new Problem("entry_retracted", "The entry was retracted; nothing of it is left.");
}

export function acceptsEntries(status: StoryStatus): boolean {
  return status !== "ended";
}

function backgroundWrite(background: { markdown: string } | null): Write {
  if (!background) return { kind: "background", html: null, markdown: null };
  return { kind: "background", html: renderBackground(background.markdown), markdown: background.markdown };
}

function bodyOf({ story }: { story: Omit<Story, "url"> }): StoryBody {
  const { seq: _seq, createdAt: _createdAt, updatedAt: _updatedAt, ...body } = story;
  return body;
}

export function withoutUndefined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]: Exclude<T[K], undefined> };
}
