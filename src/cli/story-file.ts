import { z } from "zod";
import { renderBackground, renderEntry } from "../editorial/markdown.ts";
import { directionOf } from "../protocol/direction.ts";
import type { ArchivedRevision, StoryArchive } from "../store/archive.ts";
import type { PlacedText, Text } from "../store/placement.ts";
import type { EntryBody, StoryBody } from "../store/records.ts";
import {
  anyStoryFile,
  STORY_FILE_FORMAT,
  STORY_FILE_VERSION,
  type StoryFile,
  type StoryFileEntryBody,
  type StoryFileItem,
  type StoryFileRevision,
  storyFile,
} from "./story-file-shape.ts";

/** Of what is wrong with a file; the rest is counted. */
const PROBLEMS_SHOWN = 5;

/** One JSON document, laid out for people. */
export function formatStoryFile(
  { slug, seq, changedAt, access, items, revisions }: StoryArchive,
  exportedAt: Date,
): string {
  const file: StoryFile = {
    format: STORY_FILE_FORMAT,
    version: STORY_FILE_VERSION,
    exportedAt: exportedAt.toISOString(),
    ...{ slug, seq, changedAt, allowedOrigins: [...access.allowedOrigins] },
    items: items.map(toFileItem),
    revisions: revisions.map(toFileRevision),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** @returns the story, or what is wrong with the file, one line each. */
export function parseStoryFile(text: string): { archive: StoryArchive } | { problems: string[] } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { problems: [`It is not JSON: ${(error as Error).message}`] };
  }
  const any = anyStoryFile.safeParse(content);
  if (!any.success) return { problems: ["It is no story that Dateline has exported."] };
  const { version } = any.data;
  if (version > STORY_FILE_VERSION) {
    const known = `Its version is ${version}; this Dateline knows versions up to ${STORY_FILE_VERSION}.`;
    return { problems: [`It was exported by a newer Dateline. ${known} Import it with the newer one.`] };
  }
  const result = storyFile.safeParse(content, {
    error: ({ input }) => (input === undefined ? "is missing" : undefined),
  });
  return result.success ? { archive: toArchive(result.data) } : { problems: linesOf(result.error) };
}

function linesOf({ issues }: z.ZodError): string[] {
  const lines = issues.slice(0, PROBLEMS_SHOWN).map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`);
  const more = issues.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function toFileItem({ item: id, kind, body, markdown, ...placement }: PlacedText): StoryFileItem {
  switch (kind) {
    case "story": {
      const { slug: _slug, direction: _derived, ...fields } = JSON.parse(body ?? "") as StoryBody;
      return { kind, ...placement, body: fields };
    }
    case "background":
      return { kind, ...placement, body: markdown === null ? null : { markdown } };
    case "entry":
      return { kind, id, ...placement, body: toFileBody(body ?? "", markdown) };
    case "retraction":
      return { kind, id, ...placement };
  }
}

function toFileRevision({ item: entryId, by, body, markdown, ...step }: ArchivedRevision): StoryFileRevision {
  return { entryId, ...step, by, body: body === null ? null : toFileBody(body, markdown) };
}

function toFileBody(body: string, markdown: string | null): StoryFileEntryBody {
  const { id: _id, html: _derived, ...fields } = JSON.parse(body) as EntryBody;
  return { markdown: markdown ?? "", ...fields };
}

function toArchive({ slug, seq, changedAt, allowedOrigins, items, revisions }: StoryFile): StoryArchive {
  const story = items.find((item) => item.kind === "story");
  if (!story) throw new Error("A story's file was let through without the story.");
  return {
    ...{ slug, seq, changedAt, access: { status: story.body.status, allowedOrigins } },
    items: items.map((item) => toPlacedText(slug, item)).sort(bySeq),
    revisions: revisions.map(toArchivedRevision).sort(bySeq),
  };
}

function toPlacedText(slug: string, item: StoryFileItem): PlacedText {
  const { kind, seq, firstSeq, revision, firstAt, changedAt } = item;
  const placement = { kind, seq, firstSeq, revision, firstAt, changedAt };
  switch (kind) {
    case "story": {
      const body: StoryBody = { slug, ...item.body, direction: directionOf(item.body.language) };
      return { item: kind, ...placement, body: JSON.stringify(body), markdown: null };
    }
    case "background": {
      const markdown = item.body?.markdown ?? null;
      return { item: kind, ...placement, body: markdown === null ? null : renderBackground(markdown), markdown };
    }
    case "entry":
      return { item: item.id, ...placement, ...toText(item.id, item.body) };
    case "retraction":
      return { item: item.id, ...placement, body: null, markdown: null };
  }
}

function toArchivedRevision({ entryId, body, ...step }: StoryFileRevision): ArchivedRevision {
  return { item: entryId, ...step, ...(body ? toText(entryId, body) : { body: null, markdown: null }) };
}

function toText(id: string, { markdown, ...fields }: StoryFileEntryBody): Text {
  const body: EntryBody = { id, ...fields, html: renderEntry(markdown) };
  return { body: JSON.stringify(body), markdown };
}

function bySeq(a: { seq: number }, b: { seq: number }): number {
  return a.seq - b.seq;
}
