import { z } from "zod";
import type { EditorsBackground, EditorsEntry, EditorsStory } from "../../editorial/editors-view.ts";
import type * as shapes from "../../protocol/shapes.ts";

/** The public shapes as schemas. That they are those of `protocol/shapes.ts`, the compiler checks and every test's answer. */

const time = z.iso.datetime().meta({ pattern: undefined });
const url = z.string().meta({ format: "uri" });
const seq = z.int().min(1);
const id = z.uuid().meta({ pattern: undefined });

export const author = z.object({ name: z.string(), url: url.nullable() }) satisfies z.ZodType<shapes.Author>;
export const topic = z.object({ slug: z.string(), name: z.string() }) satisfies z.ZodType<shapes.Topic>;
export const image = z.object({
  url,
  alt: z.string(),
  width: z.int().describe("Pixels"),
  height: z.int().describe("Pixels"),
  caption: z.string().nullable(),
  credit: z.string().nullable(),
}) satisfies z.ZodType<shapes.Image>;
export const attribution = z.object({
  source: z.string(),
  url: url.nullable(),
  status: z.enum(["reported", "confirmed", "disputed"]),
}) satisfies z.ZodType<shapes.Attribution>;
export const correction = z.object({ text: z.string(), at: time }) satisfies z.ZodType<shapes.Correction>;

export const story = z.object({
  slug: z.string(),
  seq: seq.describe("Of the latest change of these fields; publishing does not touch them"),
  headline: z.string(),
  summary: z.string().nullable(),
  status: z.enum(["draft", "scheduled", "live", "paused", "ended"]),
  timeZone: z.string().describe("IANA name"),
  language: z.string().describe("BCP 47"),
  direction: z.enum(["ltr", "rtl"]).describe("Derived from the language"),
  topics: z.array(topic),
  authors: z.array(author),
  image: image.nullable(),
  pinnedEntryId: id.nullable(),
  coverageStart: time,
  coverageEnd: time.nullable().describe("Set when the story ends, null again when it is reopened"),
  createdAt: time,
  updatedAt: time,
  url,
  allowedOrigins: z
    .array(z.string())
    .exactOptional()
    .describe("Only for editors of the story; empty: any site may show it"),
}) satisfies z.ZodType<shapes.Story & Partial<EditorsStory>>;

export const entry = z.object({
  id: id.describe("UUIDv7"),
  seq,
  firstSeq: seq.describe("Of its publication"),
  revision: z.int().min(1),
  label: z.string(),
  importance: z.enum(["normal", "key", "breaking"]),
  headline: z.string().nullable(),
  html: z.string().describe("Safe to insert"),
  attributions: z.array(attribution),
  authors: z.array(author),
  media: z.array(image),
  corrections: z.array(correction).describe("Public notes, oldest first"),
  language: z.string().nullable().describe("null: the story's"),
  publishedAt: time.describe("Never changes"),
  updatedAt: time.nullable().describe("Of the last revision, null before the first"),
  url,
  markdown: z.string().exactOptional().describe("Only for editors of the story"),
}) satisfies z.ZodType<shapes.Entry & Partial<EditorsEntry>>;

export const tombstone = z.object({
  id,
  seq,
  firstSeq: seq,
  retracted: z.literal(true),
  retractedAt: time,
}) satisfies z.ZodType<shapes.Tombstone>;

export const background = z.object({
  seq,
  html: z.string().describe("Safe to insert"),
  markdown: z.string().exactOptional().describe("Only for editors of the story"),
}) satisfies z.ZodType<shapes.Background & Partial<EditorsBackground>>;

const step = { seq, at: time };
export const change = z
  .discriminatedUnion("kind", [
    z.object({ ...step, kind: z.literal("entry"), entry }),
    z.object({ ...step, kind: z.literal("retraction"), tombstone }),
    z.object({ ...step, kind: z.literal("story"), story }),
    z.object({ ...step, kind: z.literal("background"), background: background.nullable() }),
  ])
  .describe(
    "One step of one item. For each item the newer seq wins. Readers pass over kinds that they do not know.",
  ) satisfies z.ZodType<shapes.Change>;

export const position = z
  .string()
  .describe("Names a point of the story's history. Opaque: keep it and hand it back unchanged.");

export const snapshot = z.object({
  story,
  background: background.nullable(),
  entries: z.array(entry).describe("Newest first"),
  total: z.int().describe("Entries of the story, without tombstones"),
  older: z.string().nullable().describe("Cursor of the next older page, null when there is none"),
  seq,
  position,
}) satisfies z.ZodType<shapes.Snapshot>;

export const changesFields = {
  from: z.int().min(0).describe("The changes bring any reader whose seq is at least this …"),
  to: z.int().min(0).describe("… to this one. A reader below `from` has a hole and asks again with its position."),
  changes: z.array(change).describe("Ascending by seq, each item once, in its latest form"),
  position,
};
