/** Every way to say no: the code, its HTTP status, a title for people, and whether the same request may work later. */
const PROBLEMS = {
  malformed_json: { status: 400, title: "The body is not JSON", retryable: false },
  unauthenticated: { status: 401, title: "A valid key is needed", retryable: false },
  forbidden: { status: 403, title: "Not allowed", retryable: false },
  not_found: { status: 404, title: "Not found", retryable: false },
  slug_taken: { status: 409, title: "The slug is taken", retryable: false },
  story_ended: { status: 409, title: "The story has ended", retryable: false },
  idempotency_conflict: { status: 409, title: "The idempotency key was used for another request", retryable: false },
  entry_retracted: { status: 410, title: "The entry was retracted", retryable: false },
  story_removed: { status: 410, title: "The story was removed", retryable: false },
  revision_mismatch: { status: 412, title: "It has changed meanwhile", retryable: false },
  payload_too_large: { status: 413, title: "The body is too large", retryable: false },
  unsupported_media_type: { status: 415, title: "The body must be JSON", retryable: false },
  validation_failed: { status: 422, title: "Some fields are not right", retryable: false },
  rate_limited: { status: 429, title: "Too many requests", retryable: true },
  internal: { status: 500, title: "Something went wrong here", retryable: true },
  store_unavailable: { status: 503, title: "The store does not answer", retryable: true },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

export type FieldError = { path: string; message: string };

export class Problem extends Error {
  override name = "Problem";
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  /** @param detail what happened and what to do, for people; nothing of a library, a path or a stack. */
  constructor(code: ProblemCode, detail: string, more: { errors?: FieldError[]; retryAfterSeconds?: number } = {}) {
    super(detail);
    this.code = code;
    this.errors = more.errors;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** RFC 9457. */
export type ProblemDocument = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  errors?: readonly FieldError[];
};

/** Of HTTP. */
export function statusOf(code: ProblemCode): number {
  return PROBLEMS[code].status;
}

export function toProblemDocument({ code, message, errors }: Problem): ProblemDocument {
  const { status, title } = PROBLEMS[code];
  return { type: "about:blank", title, status, detail: message, code, ...(errors ? { errors } : {}) };
}

export type SocketError = { code: ProblemCode; message: string; retryable: boolean };

export function toSocketError({ code, message }: Problem): SocketError {
  return { code, message, retryable: PROBLEMS[code].retryable };
}
