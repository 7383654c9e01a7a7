import { z } from "zod";
import {
  BACKGROUND_MARKDOWN_MAX_CHARS,
  CORRECTION_MAX_CHARS,
  ENTRY_MARKDOWN_MAX_CHARS,
  HEADLINE_MAX_CHARS,
  isSlug,
  LABEL_MAX_CHARS,
  SLUG,
  SLUG_MAX_CHARS,
  SUMMARY_MAX_CHARS,
} from "../protocol/limits.ts";
import { isLanguage, isTimeZone } from "./language.ts";
import { isBlank } from "./markdown.ts";

/**
 * What editors may send. Unknown fields are errors: a mistyped name must not pass in silence. `describe` and `meta` say
 * in the OpenAPI document what code checks.
 */

const URL_MAX_CHARS = 2_000;
const NAME_MAX_CHARS = 200;
const TEXT_MAX_CHARS = 1_000;
const LIST_MAX_ITEMS = 50;
const EARLIEST_TIME = "1970-01-01T00:00:00.000Z";

const line = (max: number) => z.string().trim().min(1, "must not be empty").max(max);
const webUrl = z
  .string()
  .max(URL_MAX_CHARS)
  .refine(isWebUrl, "must be an absolute http or https URL")
  .meta({ format: "uri" });
export const time = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 time with an offset or Z" })
  .transform((text) => new Date(text).toISOString())
  .meta({ description: "ISO 8601, with an offset or Z", pattern: undefined });
const slug = z
  .string()
  .refine(isSlug, "must be lower-case words joined by single hyphens, at most 100 characters")
  .meta({ pattern: SLUG.source, minLength: 1, maxLength: SLUG_MAX_CHARS });
const language = z
  .string()
  .refine(isLanguage, "must be a BCP 47 language tag, such as en or pt-BR")
  .meta({ description: "BCP 47", examples: ["en", "pt-BR"] });
const markdown = (max: number) =>
  z
    .string()
    .max(max)
    // As CommonMark says; SQLite would end the text there.
    .transform((text) => text.replaceAll("\0", "\uFFFD"))
    .refine((text) => !isBlank(text), "must not be blank")
    .describe("Paragraphs, emphasis, links, lists, quotes and headings. Raw HTML and images are shown as text.");
const list = <T extends z.ZodType>(item: T) => z.array(item).max(LIST_MAX_ITEMS);

const author = z.strictObject({ name: line(NAME_MAX_CHARS), url: webUrl.nullable().default(null) });
const topic = z.strictObject({ slug, name: line(NAME_MAX_CHARS) });
const pixels = z.int().min(1).max(20_000);
const image = z.strictObject({
  url: webUrl,
  alt: z.string().max(TEXT_MAX_CHARS),
  width: pixels,
  height: pixels,
  caption: line(TEXT_MAX_CHARS).nullable().default(null),
  credit: line(NAME_MAX_CHARS).nullable().default(null),
});
const attribution = z.strictObject({
  source: line(NAME_MAX_CHARS),
  url: webUrl.nullable().default(null),
  status: z.enum(["reported", "confirmed", "disputed"]).default("reported"),
});

const storyFields = {
  headline: line(HEADLINE_MAX_CHARS),
  timeZone: z
    .string()
    .refine(isTimeZone, "must be an IANA time zone, such as America/Chicago")
    .meta({ examples: ["America/Chicago"] }),
  status: z.enum(["draft", "scheduled", "live", "paused", "ended"]).optional(),
  summary: line(SUMMARY_MAX_CHARS).nullable().optional(),
  background: z
    .strictObject({ markdown: markdown(BACKGROUND_MARKDOWN_MAX_CHARS) })
    .nullable()
    .optional(),
  language: language.optional(),
  topics: list(topic).optional(),
  authors: list(author).optional(),
  image: image.nullable().optional(),
  coverageStart: time.optional(),
  allowedOrigins: list(z.string().refine(isOrigin, "must be a web origin, such as https://news.example"))
    .optional()
    .describe("Web origins whose pages may show the story; empty: any"),
};
const entryFields = {
  markdown: markdown(ENTRY_MARKDOWN_MAX_CHARS),
  headline: line(HEADLINE_MAX_CHARS).nullable().optional(),
  label: line(LABEL_MAX_CHARS).optional(),
  importance: z.enum(["normal", "key", "breaking"]).optional(),
  attributions: list(attribution).optional(),
  authors: list(author).optional(),
  media: list(image).optional(),
  language: language.nullable().optional(),
};

export const storyDraft = z.strictObject({ slug, ...storyFields });
/** Which story a draft is for, whatever else is wrong with it. */
export const draftedSlug = z.looseObject({ slug });
export const storyPatch = z.strictObject(storyFields).partial();
export const entryDraft = z.strictObject({
  ...entryFields,
  publishedAt: time
    .refine((at) => at >= EARLIEST_TIME && Date.parse(at) <= Date.now(), "must be in the past, and not before 1970")
    .optional()
    .describe("Past only, for imports"),
});
export const entryPatch = z
  .strictObject({ ...entryFields, correction: line(CORRECTION_MAX_CHARS).describe("Appends a public correction note") })
  .partial();
export const previewRequest = z.strictObject({});
export const pinRequest = z.strictObject({ entryId: z.uuid().toLowerCase() });

function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function isOrigin(text: string): boolean {
  return isWebUrl(text) && new URL(text).origin === text;
}
