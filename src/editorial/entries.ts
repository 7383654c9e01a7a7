import { isDeepStrictEqual } from "node:util";
import { DEFAULT_LABEL } from "../protocol/limits.ts";
import { Problem } from "../protocol/problem.ts";
import type { EntryDraft, EntryPatch } from "../protocol/shapes.ts";
import type { EntryBody, StoredEntry } from "../store/records.ts";
import type { StoryRecord } from "../store/story-records.ts";
import type { Write } from "../store/timeline-store.ts";
import { itemOfKind, type Plan } from "./command.ts";
import type { KnownStory } from "./known-stories.ts";
import { renderEntry } from "./markdown.ts";
import { acceptsEntries, pinWrite, requireEntry, requireStory, withoutUndefined } from "./stories.ts";

/** Decisions on entries. Pure, like those on stories. */

export function planPublication(story: KnownStory, id: string, draft: EntryDraft): Plan {
  if (!acceptsEntries(story.status)) {
    throw new Problem(
      "story_ended",
      'The story has ended and takes no new entries. Set its status to "live" to reopen it.',
    );
  }
  const { markdown, publishedAt } = draft;
  const body: EntryBody = {
    id,
    label: draft.label ?? DEFAULT_LABEL,
    importance: draft.importance ?? "normal",
    headline: draft.headline ?? null,
    html: renderEntry(markdown),
    attributions: draft.attributions ?? [],
    authors: draft.authors ?? [],
    media: draft.media ?? [],
    corrections: [],
    language: draft.language ?? null,
  };
  return {
    // The story's fields are what was looked at; the head is not, so that editors do not get into each other's way.
    guards: [
      { item: "story", seq: story.seq },
      { item: id, seq: 0 },
    ],
    writes: [{ kind: "entry", body, markdown, publishedAt }],
    ids: [id],
  };
}

/** @param expects whether the entry's revision is one that the editor has seen. */
export function planRevision(
  record: StoryRecord,
  id: string,
  patch: EntryPatch,
  expects: (revision: number) => boolean,
  now: Date,
): Plan | null {
  const { entry, markdown: before, seq } = requireEntry(record, id);
  requireRevision(entry, expects);
  const { correction, markdown = before, ...fields } = patch;
  const current = bodyOf(entry);
  const body: EntryBody = {
    ...current,
    ...withoutUndefined(fields),
    html: markdown === before ? current.html : renderEntry(markdown),
    corrections:
      correction === undefined
        ? current.corrections
        : [...current.corrections, { text: correction, at: now.toISOString() }],
  };
  if (markdown === before && isDeepStrictEqual(body, current)) return null;
  return { guards: [{ item: id, seq }], writes: [{ kind: "entry", body, markdown }] };
}

/** Retracting the pinned entry also unpins it. A repeat changes nothing. */
export function planRetraction(record: StoryRecord, id: string, expects: (revision: number) => boolean): Plan | null {
  if (itemOfKind(record, "retraction")?.tombstone.id === id) return null;
  const { entry, seq } = requireEntry(record, id);
  requireRevision(entry, expects);
  const story = requireStory(record);
  const writes: Write[] = [{ kind: "retraction", id }];
  const unpin = story.story.pinnedEntryId === id ? pinWrite(story, null) : null;
  if (unpin) writes.push(unpin);
  // The story is guarded even when nothing is unpinned: another editor may be pinning the entry at this moment.
  const guards = [
    { item: id, seq },
    { item: "story", seq: story.seq },
  ];
  return { guards, writes };
}

function requireRevision(entry: StoredEntry, expects: (revision: number) => boolean): void {
  if (expects(entry.revision)) return;
  throw new Problem("revision_mismatch", `The entry is at revision ${entry.revision} now. Read it again, then repeat.`);
}

function bodyOf(entry: StoredEntry): EntryBody {
  const { seq: _s, firstSeq: _f, revision: _r, publishedAt: _p, updatedAt: _u, ...body } = entry;
  return body;
}
