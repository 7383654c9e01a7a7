import { z } from "zod";
import { isSlug, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from "../protocol/limits.ts";
import { type Position, parsePosition } from "../protocol/position.ts";
import { Problem } from "../protocol/problem.ts";

/** What readers may send. Fields of later versions of the protocol are passed over. */

const story = z.string().refine(isSlug, "must be the slug of a story");
const position = z.string().transform((text, context): Position => {
  const parsed = parsePosition(text);
  if (parsed) return parsed;
  context.addIssue("must be a position that the service has handed out");
  return z.NEVER;
});

export const joinRequest = z.object({
  story,
  position: position.optional(),
  limit: z.int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
  presence: z.boolean().default(false),
  token: z.string().max(4_000).optional(),
});
export type JoinParameters = z.output<typeof joinRequest>;
export const leaveRequest = z.object({ story });
export const seenReport = z.object({ story, seq: z.int().min(1) });

/** @throws Problem `validation_failed` that says what is wrong. */
export function parseRequest<T extends z.ZodType>(schema: T, payload: unknown): z.output<T> {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new Problem(
    "validation_failed",
    errors.map(({ path, message }) => `${path || "payload"}: ${message}`).join("; "),
  );
}
