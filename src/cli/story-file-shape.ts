import { z } from "zod";
import { entryDraft, storyDraft, time } from "../editorial/drafts.ts";
import { contradictionsOf } from "./story-file-checks.ts";

/**
 * One story as a file. Names and rules of fields are those of drafts, all of them given. What the service makes of them,
 * HTML above all, is not in the file and is made again at the import: a file brings in nothing that an editor could not
 * have written.
 */
export const STORY_FILE_FORMAT = "dateline-story";
/** Goes up with every change of the shape that an older import would not understand. */
export const STORY_FILE_VERSION = 1;

/** What every version has: enough to say why another one is refused. */
export const anyStoryFile = z.looseObject({ format: z.literal(STORY_FILE_FORMAT), version: z.int().min(1) });

const clock = z.int().min(1);
const id = z.uuid().toLowerCase();
const placement = { seq: clock, firstSeq: clock, revision: z.int().min(1), firstAt: time, changedAt: time };

const storyBody = storyDraft.omit({ slug: true, background: true, allowedOrigins: true }).required().extend({
  pinnedEntryId: id.nullable(),
  coverageEnd: time.nullable(),
});
const entryBody = entryDraft
  .omit({ publishedAt: true })
  .required()
  .extend({ corrections: z.array(z.strictObject({ text: z.string().min(1), at: time })) });

const item = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("story"), ...placement, body: storyBody }),
  z.strictObject({
    ...{ kind: z.literal("background"), ...placement },
    body: storyDraft.shape.background.unwrap(),
  }),
  z.strictObject({ kind: z.literal("entry"), id, ...placement, body: entryBody }),
  z.strictObject({ kind: z.literal("retraction"), id, ...placement }),
]);

const revision = z.strictObject({
  entryId: id,
  seq: clock,
  revision: z.int().min(1),
  action: z.enum(["publish", "revise", "retract"]),
  at: time,
  by: z.strictObject({ id: z.string(), name: z.string() }),
  /** Of earlier revisions only, null where they were erased: the present one is the entry's own. */
  body: entryBody.nullable(),
});

export const storyFile = z
  .strictObject({
    format: z.literal(STORY_FILE_FORMAT),
    version: z.literal(STORY_FILE_VERSION),
    exportedAt: time,
    slug: storyDraft.shape.slug,
    /** The head's. */
    seq: clock,
    changedAt: time,
    allowedOrigins: storyDraft.shape.allowedOrigins.unwrap(),
    items: z.array(item),
    revisions: z.array(revision),
  })
  .superRefine((file, context) => {
    for (const { path, message } of contradictionsOf(file)) context.addIssue({ code: "custom", path, message });
  });

export type StoryFile = z.output<typeof storyFile>;
export type StoryFileItem = z.output<typeof item>;
export type StoryFileRevision = z.output<typeof revision>;
export type StoryFileEntryBody = z.output<typeof entryBody>;
