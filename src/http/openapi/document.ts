import type { OpenApiDocument, PathItem } from "../../protocol/openapi.ts";
import { componentSchemas } from "./components.ts";
import { embedding } from "./embedding.ts";
import { operating } from "./operating.ts";
import { describe, type Tag } from "./operation.ts";
import { pages } from "./pages.ts";
import { publishing, takingBack } from "./publishing.ts";
import { preflight, reading } from "./reading.ts";

const CALLS = [...publishing, ...reading, ...pages, ...embedding, ...takingBack, ...operating];

/** In the order in which they are read. */
const TAGS: Record<Tag, string> = {
  Publishing: "What editors send. Every command needs a key: `Authorization: Bearer <key>`.",
  Reading: "What everybody may ask. With an editor's key, entries and backgrounds also carry their Markdown.",
  Pages: "The same for people and for feed readers.",
  Embedding: "Stories on other sites.",
  "Taking back": "What is withdrawn is gone everywhere at once. These commands end the examples.",
  Operating: "For those who run the service.",
};

const DESCRIPTION = `Real-time updates for live news stories: publish once, every reader sees it, once, in order.

JSON in and out, UTF-8; times are ISO 8601 in UTC with milliseconds. Unknown fields in a request are an error; clients pass over fields that they do not know. Whatever goes wrong is answered as a Problem (RFC 9457), whose code is for programs and whose detail is for people.

A story's clock, seq, grows by one with every change; a position names a point of it. Readers follow a story over Socket.IO (path /socket.io/), over server-sent events, or by asking for the changes since a position.`;

/** @param site the origin under which readers reach the service. */
export function openApiDocument(site: string, version: string): OpenApiDocument {
  const paths: Record<string, PathItem> = {};
  for (const [method, path, call] of CALLS)
    paths[path] = { ...paths[path], [method]: describe(method, path, call, site) };
  for (const [path, item] of Object.entries(paths)) {
    if (!path.startsWith("/api/")) continue;
    const operationId = `${preflight.id}${path.replace("/api/v1", "").replace(/\W+/g, "_")}`;
    item.options = { ...describe("options", path, preflight, site), operationId };
  }
  return {
    openapi: "3.1.1",
    info: {
      ...{ title: "Dateline", version, summary: "Live news stories", description: DESCRIPTION },
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: site }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "An API key; `dateline keys` makes them" },
      },
    },
  };
}
