import type { Response } from "express";
import { Problem, type ProblemDocument, toProblemDocument } from "../protocol/problem.ts";

/** The one place where what was thrown becomes what people are told. Nothing of an unknown error gets out. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isStoreAway(error)) {
    return new Problem(
      "store_unavailable",
      "The store did not answer in time. The command may or may not have happened: repeat it with the same Idempotency-Key.",
      { retryAfterSeconds: 1 },
    );
  }
  if (error instanceof URIError) return new Problem("not_found", "There is nothing at this address.");
  return new Problem("internal", "Something went wrong here. It was noted; please try again.");
}

/** By its name: this room does not know the stores. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof Error && error.name === "StoreUnavailable";
}

export function sendProblem(response: Response, problem: Problem): void {
  const document: ProblemDocument = toProblemDocument(problem);
  setProblemHeaders(response, problem);
  response.status(document.status).type("application/problem+json").send(JSON.stringify(document));
}

/** The same for those who are told as a page. */
export function setProblemHeaders(response: Response, { code, retryAfterSeconds }: Problem): void {
  response.set("Cache-Control", "no-store");
  if (code === "unauthenticated") response.set("WWW-Authenticate", "Bearer");
  if (retryAfterSeconds !== undefined) response.set("Retry-After", String(retryAfterSeconds));
  // The rest of the body is not wanted: the connection ends instead of being read on.
  if (code === "payload_too_large") response.set("Connection", "close");
}
