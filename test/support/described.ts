import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { openApiDocument } from "../../src/http/openapi/document.ts";
import type { JsonSchema, Method, Operation, Response } from "../../src/protocol/openapi.ts";

/** Holds what a service answers against what its OpenAPI document says of it. */

export const DOCUMENT = openApiDocument("http://localhost:3000", "0.0.0-test");

export type Answered = { method: string; path: string; status: number; headers: Headers; text: string };

/** Headers of which the document speaks: one that is there without being named is a fault of the document. */
const SPOKEN_OF = new Set(
  Object.values(DOCUMENT.paths).flatMap((item) =>
    Object.values(item).flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ headers }) => Object.keys(headers)),
    ),
  ),
);

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const BASE = "https://schemas.example/";
for (const [name, schema] of Object.entries(DOCUMENT.components.schemas)) {
  ajv.addSchema({ ...(resolvable(closed(schema)) as object), $id: `${BASE}${name}` });
}
const validators = new WeakMap<JsonSchema, ValidateFunction>();

/** @throws AssertionError where a value is not what the schema says, or has fields of which it says nothing. */
export function assertConforms(value: unknown, schema: JsonSchema, what: string): void {
  const validate = validators.get(schema) ?? ajv.compile(resolvable(schema) as object);
  validators.set(schema, validate);
  const message = () => `${what}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value).slice(0, 2_000)}`;
  if (!validate(value)) assert.fail(message());
}

/** @throws AssertionError where the document says something else, or nothing. */
export function assertDescribed({ method, path, status, headers, text }: Answered): void {
  const what = `${method} ${path} answered ${status}`;
  const type = headers.get("content-type")?.replace(/;.*/, "");
  if (status >= 400 && (type === "text/html" || type === "application/problem+json")) assertSecured(headers, what);
  const operation = operationOf(method, path);
  if (!operation) {
    assert.ok(status === 404 || status === 429, `${what}, and is not in the OpenAPI document`);
    return;
  }
  const response = operation.responses[status];
  assert.ok(response, `${what}, which the OpenAPI document does not say`);
  assertHeaders(headers, response, what);
  if (method === "HEAD") return;
  const { content = {} } = response;
  if (type === undefined) {
    assert.deepEqual(Object.keys(content), [], `${what} without a body`);
    return;
  }
  const media = content[type] ?? content["*/*"];
  assert.ok(media, `${what} as ${type}, which the OpenAPI document does not say`);
  if (/json/.test(type)) assertConforms(JSON.parse(text), media.schema, what);
}

/** Wherever it went wrong: the page of it runs nothing of others, is framed only where a route says so, and is not kept. */
function assertSecured(headers: Headers, what: string): void {
  const policy = headers.get("content-security-policy")?.split("; ") ?? [];
  for (const rule of ["default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'"]) {
    assert.ok(policy.includes(rule), `${what} without ${rule}`);
  }
  assert.ok(
    policy.some((rule) => rule.startsWith("frame-ancestors ")),
    what,
  );
  assert.equal(headers.get("x-content-type-options"), "nosniff", what);
  assert.equal(headers.get("referrer-policy"), "strict-origin-when-cross-origin", what);
  assert.equal(headers.get("cache-control"), "no-store", what);
  assert.equal(headers.get("etag"), null, what);
}

function assertHeaders(headers: Headers, response: Response, what: string): void {
  for (const [name, { required }] of Object.entries(response.headers)) {
    if (required) assert.ok(headers.has(name), `${what} without ${name}`);
  }
  for (const name of SPOKEN_OF) {
    if (headers.has(name)) assert.ok(name in response.headers, `${what} with ${name}, which the document does not say`);
  }
}

/** @param path with or without a query. */
export function operationOf(method: string, path: string): Operation | undefined {
  const wanted = (method === "HEAD" ? "get" : method.toLowerCase()) as Method;
  const { pathname } = new URL(path, "http://localhost");
  const [item] = Object.entries(DOCUMENT.paths)
    .filter(([template]) =>
      new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`).test(pathname),
    )
    .sort(([a], [b]) => a.split("{").length - b.split("{").length);
  return item?.[1][wanted];
}

/** Clients pass over fields that they do not know; here they would be fields that nobody has described. */
function closed(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (_key, value) =>
    value?.type === "object" && value.properties && value.additionalProperties === undefined
      ? { ...value, additionalProperties: false }
      : value,
  ) as JsonSchema;
}

function resolvable(schema: JsonSchema): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll("#/components/schemas/", BASE));
}
