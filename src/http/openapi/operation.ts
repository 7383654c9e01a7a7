import type { z } from "zod";
import type { MediaType, Method, Operation, Parameter, Response } from "../../protocol/openapi.ts";
import { type ProblemCode, statusOf } from "../../protocol/problem.ts";
import { type ComponentName, refTo, schemaOf } from "./components.ts";
import { curlCommand } from "./curl.ts";
import { EXAMPLES, PATH_EXAMPLES } from "./examples.ts";
import { type AnswerHeaders, answerHeaders, type RequestHeader, requestHeader } from "./headers.ts";

export type Tag = "Publishing" | "Reading" | "Taking back" | "Pages" | "Embedding" | "Operating";

type Answer = {
  description: string;
  headers?: AnswerHeaders;
  /** Of a JSON body; its example comes with it. */
  json?: ComponentName;
  /** Of any body: its media type. @default application/json where there is `json` */
  type?: string;
};

/** What one call is, as its route file would say it. Everything that follows from it is added by `describe`. */
export type Call = {
  id: string;
  tag: Tag;
  summary: string;
  description?: string;
  /** Whose key is needed; optional: with one, editors see more. @default nobody's */
  key?: "editor" | "admin" | "optional";
  query?: z.ZodObject;
  headers?: RequestHeader[];
  body?: { json: ComponentName; example: unknown; required?: boolean };
  answers: Record<number, Answer>;
  problems: ProblemCode[];
  /** Headers of problems, beside those that belong to their code. */
  problemHeaders?: AnswerHeaders;
  /** What becomes of the command that is made from all this; null: none shows the call. */
  curl?: ((command: string, site: string) => string) | null;
};
/** All calls of a resource, in an order in which their commands can be pasted. */
export type Calls = readonly (readonly [method: Method, path: string, call: Call])[];

const EVERYWHERE: ProblemCode[] = ["not_found", "rate_limited", "internal", "store_unavailable"];
const OF_KEYS = {
  optional: ["unauthenticated"],
  editor: ["unauthenticated", "forbidden"],
  admin: ["unauthenticated", "forbidden"],
} satisfies Record<NonNullable<Call["key"]>, ProblemCode[]>;
const OF_BODIES: ProblemCode[] = ["malformed_json", "payload_too_large", "unsupported_media_type", "validation_failed"];

export function describe(method: Method, path: string, call: Call, site: string): Operation {
  const { id, tag, summary, description, key, body } = call;
  const command = curlCommand(site, method, path, call);
  const source = call.curl === null ? null : (call.curl?.(command, site) ?? command);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    security: securityOf(key),
    parameters: [
      ...pathParameters(path),
      ...(call.query ? queryParameters(call.query) : []),
      ...(call.headers ?? []).map(requestHeader),
    ],
    ...(body ? { requestBody: requestBody(body) } : {}),
    responses: { ...answersOf(call), ...problemsOf(method, path, call) },
    ...(source === null ? {} : { "x-codeSamples": [{ lang: "Shell", source }] }),
  };
}

function securityOf(key: Call["key"]): Operation["security"] {
  if (key === undefined) return [];
  return key === "optional" ? [{}, { key: [] }] : [{ key: [key] }];
}

function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    ...{ name, in: "path" as const, required: true, schema: { type: "string" } },
    ...(PATH_EXAMPLES[name]?.startsWith("$") ? {} : { example: PATH_EXAMPLES[name] }),
  }));
}

function queryParameters(query: z.ZodObject): Parameter[] {
  const { properties = {}, required = [] } = schemaOf(query);
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: "query" as const, required: required.includes(name) && schema.default === undefined, schema },
    ...(description === undefined ? {} : { description }),
  }));
}

function requestBody({ json, example, required = true }: NonNullable<Call["body"]>): Operation["requestBody"] & object {
  return { required, content: { "application/json": { schema: refTo(json), example } } };
}

function answersOf({ answers }: Call): Record<string, Response> {
  const responses = Object.entries(answers).map(([status, { description, headers = [], json, type }]) => {
    const media: MediaType = json ? { schema: refTo(json), ...exampleOf(json) } : { schema: { type: "string" } };
    const mediaType = type ?? (json ? "application/json" : null);
    const content = mediaType === null ? {} : { content: { [mediaType]: media } };
    return [status, { description, headers: answerHeaders(headers), ...content }];
  });
  return Object.fromEntries(responses);
}

function exampleOf(json: ComponentName): { example?: unknown } {
  return json in EXAMPLES ? { example: EXAMPLES[json] } : {};
}

/** One answer for each status, with all the codes that it may carry. */
function problemsOf(method: Method, path: string, call: Call): Record<string, Response> {
  const codes = [
    ...new Set([
      ...call.problems,
      ...(call.key ? OF_KEYS[call.key] : []),
      ...(call.body ? OF_BODIES : []),
      ...EVERYWHERE,
    ]),
  ];
  const statuses = [...new Set(codes.map(statusOf))].sort();
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      problemResponse(
        codes.filter((code) => statusOf(code) === status),
        method,
        path,
        call,
      ),
    ]),
  );
}

/** Pages of other sites may read when to come again. */
const OF_LIMITED_READS: AnswerHeaders = ["Vary?", "Access-Control-Allow-Origin?", "Access-Control-Expose-Headers?"];

function problemResponse(codes: ProblemCode[], method: Method, path: string, { problemHeaders = [] }: Call): Response {
  const ofCodes = codes.flatMap((code): AnswerHeaders => {
    if (code === "unauthenticated") return ["WWW-Authenticate"];
    if (code === "rate_limited" && method === "get") return ["Retry-After", ...OF_LIMITED_READS];
    return code === "rate_limited" || code === "store_unavailable" ? ["Retry-After"] : [];
  });
  const json = { schema: { ...refTo("Problem"), properties: { code: { enum: codes } } } };
  return {
    description: codes.map((code) => `\`${code}\``).join(", "),
    headers: answerHeaders(["Cache-Control", ...ofCodes, ...problemHeaders]),
    content: {
      "application/problem+json": json,
      // As a page, for who prefers one, wherever people may come by.
      ...(!path.startsWith("/api/") ? { "text/html": { schema: { type: "string" } } } : {}),
    },
  };
}
