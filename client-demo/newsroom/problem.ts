export type FieldError = { path: string; message: string };

/** A refused or failed call. The message is written for the person at the terminal, `code` for programs. */
export class NewsroomError extends Error {
  /** The HTTP status, or null when no answer arrived. */
  readonly status: number | null;
  /** The service's word for what went wrong, such as `slug_taken`. */
  readonly code: string | null;
  readonly errors: readonly FieldError[];

  constructor(message: string, answer: { status: number; problem: Problem } | null, cause?: unknown) {
    super(message, { cause });
    this.name = "NewsroomError";
    this.status = answer?.status ?? null;
    this.code = answer?.problem.code ?? null;
    this.errors = answer?.problem.errors ?? [];
  }
}

type Problem = { title: string; detail: string | null; code: string | null; errors: FieldError[] };

/** Reads an RFC 9457 problem. A proxy's error page is no problem document, so every field may be missing. */
export async function errorFromAnswer(task: string, response: Response): Promise<NewsroomError> {
  const problem = parseProblem(await response.text(), `HTTP ${response.status}`);
  const sentences = [problem.title, problem.detail].filter((text) => text !== null).map(asSentence);
  const fields = problem.errors.map(({ path, message }) => `\n  ${path}: ${message}`);
  const message = `The service did not ${task}. ${[...new Set(sentences)].join(" ")}${fields.join("")}`;
  return new NewsroomError(message, { status: response.status, problem });
}

export function errorFromSilence(task: string, baseUrl: string, cause: unknown): NewsroomError {
  return new NewsroomError(`Could not ${task}: no usable answer from ${baseUrl} (${reasonOf(cause)}).`, null, cause);
}

/** `Retry-After` is either a number of seconds or a date. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}

function parseProblem(text: string, fallbackTitle: string): Problem {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = null;
  }
  const fields: Record<string, unknown> = typeof document === "object" && document !== null ? { ...document } : {};
  return {
    title: textOf(fields.title) ?? fallbackTitle,
    detail: textOf(fields.detail),
    code: textOf(fields.code),
    errors: Array.isArray(fields.errors) ? fields.errors.filter(isFieldError) : [],
  };
}

function isFieldError(value: unknown): value is FieldError {
  const error = value as Partial<FieldError> | null;
  return typeof error?.path === "string" && typeof error.message === "string";
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `fetch` hides the reason ("connection refused") in the cause of an error that only says "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message || ("code" in error ? String(error.code) : error.name);
}
