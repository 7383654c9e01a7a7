import { z } from "zod";
import { parseListCursor } from "../feed/story-list.ts";
import { EMBED_HEIGHTS } from "../pages/embed-builder.tsx";
import { EMBED_LIMIT_DEFAULT, EMBED_LIMIT_MAX } from "../protocol/embed-address.ts";
import { type EntryKey, parseCursor } from "../protocol/entry-order.ts";
import { isSlug, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, SLUG, SLUG_MAX_CHARS } from "../protocol/limits.ts";
import { POSITION, type Position, parsePosition } from "../protocol/position.ts";
import { Problem } from "../protocol/problem.ts";

/** @throws Problem `validation_failed` that names every field that is not right. */
export function validate<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: "is not a field known here" }));
    }
    return [{ path: pathOf(issue.path), message: issue.message }];
  });
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see errors)` : "";
  throw new Problem("validation_failed", `${first?.path || "body"}: ${first?.message}${more}`, { errors });
}

/** As written in code: `attributions[0].url`. */
function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

function parsed<T>(parse: (text: string) => T | null | undefined, message: string) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== null && value !== undefined) return value;
    context.addIssue(message);
    return z.NEVER;
  });
}

/** `meta` says in the OpenAPI document what code checks. */
const position = parsed<Position>(parsePosition, "must be a position that the service has handed out").meta({
  description: "A position from an earlier answer, unchanged",
  pattern: POSITION.source,
});
const cursor = parsed<EntryKey>(parseCursor, "must be a cursor from an earlier answer").describe(
  "`older` of an earlier answer: what is older than that answer",
);
const listCursor = z
  .string()
  .refine((text) => parseListCursor(text), "must be a cursor from an earlier answer")
  .describe("`next` of an earlier answer");
const limit = z
  .string()
  .regex(/^\d{1,4}$/, `must be a whole number from 1 to ${PAGE_LIMIT_MAX}`)
  .transform(Number)
  .pipe(z.number().min(1).max(PAGE_LIMIT_MAX))
  .default(PAGE_LIMIT_DEFAULT)
  .meta({ type: "integer", pattern: undefined, minimum: 1, maximum: PAGE_LIMIT_MAX });
const status = z.enum(["draft", "scheduled", "live", "paused", "ended"]);
const slug = z.string().refine(isSlug, "must be a slug").meta({ pattern: SLUG.source, maxLength: SLUG_MAX_CHARS });

export const snapshotQuery = z.strictObject({ limit, before: cursor.optional() });
export const changesQuery = z.strictObject({ after: position });
export const streamQuery = z.strictObject({
  after: position.optional(),
  presence: z.enum(["0", "1"]).default("0").describe("1: also tell how many read along"),
});
/** Pages are reached from anywhere, with whatever trackers add to an address. */
export const pageQuery = z.object({
  entry: z.uuid().optional().describe("The page that holds this entry"),
  before: cursor.optional(),
});
/** Lenient for the same reason: a frame that shows a story is better than one that says what was wrong. */
export const embedQuery = z.object({
  limit: z.coerce.number().int().min(1).max(EMBED_LIMIT_MAX).catch(EMBED_LIMIT_DEFAULT),
  theme: z.enum(["auto", "light", "dark"]).catch("auto"),
});
export const frameQuery = embedQuery.extend({
  from: z.string().optional().describe("Origin of the page around, as told by a frame that asks again"),
});
export const builderQuery = embedQuery.extend({
  story: z.string().optional(),
  height: z.enum(EMBED_HEIGHTS).catch("480"),
});
const pixels = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, "must be a whole number of pixels")
  .transform(Number)
  .nullable()
  .default(null);
/** Consumers may send what a provider does not know. */
export const oEmbedQuery = z.object({
  url: z.string("must be the address of a story"),
  format: z.string().default("json"),
  maxwidth: pixels,
  maxheight: pixels,
});
export const listQuery = z.strictObject({
  status: status.optional(),
  topic: slug.optional().describe("Slug of a topic"),
  limit,
  cursor: listCursor.optional(),
});
