import { z } from "zod";
import type { Desk } from "../../editorial/desk.ts";
import type { CatchUp, ChangesEvent, GoodbyeEvent, PresenceEvent, ResetEvent } from "../../protocol/events.ts";
import { PROBLEM_CODES, type ProblemDocument } from "../../protocol/problem.ts";
import { changesFields, entry, position, snapshot, story, tombstone } from "./shapes.ts";

/** What the calls answer. */

const head = { seq: z.int().min(1).describe("Of the story right after the command"), position };
const time = z.iso.datetime().meta({ pattern: undefined });

export const storyAnswer = z.object({ story, ...head });
export const entryAnswer = z.object({ entry, ...head });
export const retractionAnswer = z.object({ tombstone, ...head });
export const storyList = z.object({
  stories: z.array(story).describe("Latest change first"),
  next: z.string().nullable().describe("Cursor of the next page, null when there is none"),
});
export const catchUp = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("changes"), ...changesFields }),
  z.object({ mode: z.literal("snapshot"), snapshot }),
]) satisfies z.ZodType<CatchUp>;
export const preview = z.object({ url: z.string().meta({ format: "uri" }), expiresAt: time });

const content = entry
  .pick({
    ...{ id: true, label: true, importance: true, headline: true, html: true, attributions: true, authors: true },
    ...{ media: true, corrections: true, language: true },
  })
  .extend({ markdown: z.string() });
const revision = z.object({
  revision: z.int().min(1),
  action: z.enum(["publish", "revise", "retract"]),
  at: time,
  by: z.object({ id: z.string(), name: z.string() }).describe("The key that did it"),
  content: content.nullable().describe("null once the entry was retracted or this revision erased"),
}) satisfies z.ZodType<Awaited<ReturnType<Desk["revisions"]>>[number]>;
export const revisions = z.object({ revisions: z.array(revision) });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("What happened and what to do, for people"),
    code: z.enum(PROBLEM_CODES).describe("For programs"),
    errors: z
      .array(z.object({ path: z.string().describe("As written in code: `attributions[0].url`"), message: z.string() }))
      .readonly()
      .exactOptional()
      .describe("Every field that is not right"),
  })
  .describe("RFC 9457") satisfies z.ZodType<ProblemDocument>;

/** The events of a stream that are no snapshot. */
export const changesEvent = z.object({
  story: z.string(),
  epoch: z.string(),
  ...changesFields,
}) satisfies z.ZodType<ChangesEvent>;
export const resetEvent = z
  .object({ story: z.string(), reason: z.string(), afterMs: z.int() })
  .describe("Start again without a position, after that delay") satisfies z.ZodType<ResetEvent>;
export const presenceEvent = z.object({ story: z.string(), watching: z.int() }) satisfies z.ZodType<PresenceEvent>;
export const goodbyeEvent = z
  .object({ reconnectAfterMs: z.int() })
  .describe("The node is about to stop: leave after that delay and come back") satisfies z.ZodType<GoodbyeEvent>;

const verdict = z.enum(["pass", "warn", "fail"]);
export const verdictOnly = z.object({ status: verdict });
const check = z.object({
  componentType: z.string(),
  observedValue: z.number().nullable().optional(),
  observedUnit: z.string().optional(),
  status: verdict,
  time,
});
export const health = z.object({
  status: verdict,
  version: z.string(),
  checks: z.record(z.string(), z.array(check)),
});

export const oEmbed = z
  .looseObject({
    version: z.literal("1.0"),
    type: z.literal("rich"),
    html: z.string(),
    width: z.int(),
    height: z.int(),
  })
  .describe("https://oembed.com");
export const jsonFeed = z
  .looseObject({ version: z.literal("https://jsonfeed.org/version/1.1"), items: z.array(z.looseObject({})) })
  .describe("https://www.jsonfeed.org/version/1.1/");
export const openApi = z.looseObject({ openapi: z.literal("3.1.1") }).describe("https://spec.openapis.org/oas/v3.1.1");
