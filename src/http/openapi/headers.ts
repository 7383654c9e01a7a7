import { IDEMPOTENCY_KEY_MAX_CHARS } from "../../protocol/limits.ts";
import type { Header, Parameter } from "../../protocol/openapi.ts";

const text = { type: "string" };

/** Headers of answers. Those that are named for an answer are always there, unless they are optional. */
const ANSWER_HEADERS = {
  "X-Request-Id": { description: "The caller's, or one of ours; also in the log", schema: text },
  "Cache-Control": { description: "How long the answer may be kept, and by whom", schema: text },
  Vary: { description: "What caches keep answers apart by: key and origin, compression", schema: text },
  "Content-Encoding": { description: "br or gzip, for who accepts it", schema: text },
  ETag: { description: "Of a story its position, of an entry its revision, each in quotes", schema: text },
  Location: { description: "Where it is", schema: text },
  "Access-Control-Allow-Origin": { description: "Whose pages may read the answer", schema: text },
  "Access-Control-Expose-Headers": { description: "What such pages may see of its headers", schema: text },
  "Idempotent-Replay": { description: "The call was a repeat: nothing was done again", schema: { const: "true" } },
  "Retry-After": { description: "Seconds", schema: { type: "string", pattern: "^\\d+$" } },
  "WWW-Authenticate": { description: "Which kind of key is wanted", schema: { const: "Bearer" } },
} satisfies Record<string, Header>;

export type AnswerHeader = keyof typeof ANSWER_HEADERS;
export type AnswerHeaders = readonly (AnswerHeader | `${AnswerHeader}?`)[];

/** @param names with a question mark where the header may be missing. */
export function answerHeaders(names: AnswerHeaders): Record<string, Header> {
  const headers = ["X-Request-Id" as const, ...names].map((name): [string, Header] => {
    const plain = name.replace("?", "") as AnswerHeader;
    return [plain, { ...ANSWER_HEADERS[plain], required: plain === name }];
  });
  return Object.fromEntries(headers);
}

const REQUEST_HEADERS = {
  "If-None-Match": "The ETag of what you hold: 304 while it is still so",
  "If-Match": "Do it only while the item is at this version, in quotes: an entry's revision, a story's seq",
  "Idempotency-Key": `1–${IDEMPOTENCY_KEY_MAX_CHARS} printable ASCII characters. A repeat within 24 h does nothing and answers like the first.`,
  "Last-Event-ID": "The id of the last event that arrived; goes before `after`. A malformed one counts as absent.",
} as const;

export type RequestHeader = keyof typeof REQUEST_HEADERS;

export function requestHeader(name: RequestHeader): Parameter {
  return { name, in: "header", required: false, description: REQUEST_HEADERS[name], schema: text };
}
