import { builderQuery, embedQuery, frameQuery, oEmbedQuery } from "../validate.ts";
import type { AnswerHeaders } from "./headers.ts";
import type { Calls } from "./operation.ts";

const SCRIPT = "text/javascript";
const CORS: AnswerHeaders = ["Access-Control-Allow-Origin?", "Access-Control-Expose-Headers?"];
const KEPT: AnswerHeaders = ["Cache-Control", "Vary", "ETag"];
/** Only the file whose name stays has an ETag. */
const SCRIPT_HEADERS: AnswerHeaders = ["Cache-Control", "Vary", "ETag?", "Access-Control-Allow-Origin"];

export const embedding: Calls = [
  // Before the frame, whose address is that of this one too for who takes a slug to be anything.
  [
    "get",
    "/embed/{slug}.json",
    {
      ...{ id: "embedSnapshot", tag: "Embedding", summary: "A story as an embed reads it first, or why it may not" },
      query: embedQuery.pick({ limit: true }),
      headers: ["If-None-Match"],
      answers: {
        200: {
          description: "The story as it is now",
          headers: [...KEPT, ...CORS, "Content-Encoding?"],
          json: "Snapshot",
        },
        304: { description: "It is what you hold", headers: [...KEPT, ...CORS] },
      },
      problems: ["forbidden", "story_removed"],
      ...{ problemHeaders: ["Vary?", ...CORS], isPage: true, curl: null },
    },
  ],
  [
    "get",
    "/embed/{slug}",
    {
      ...{ id: "embedPage", tag: "Embedding", summary: "A story as a page for an iframe", isPage: true },
      query: frameQuery,
      description:
        "Whom the story's `allowedOrigins` and the service's `ALLOWED_ORIGINS` do not name may not frame it. As far as the service is told that such a page has it in a frame, it answers 403 and a page with the plain link alone.",
      headers: ["If-None-Match"],
      answers: {
        200: { description: "A page", headers: [...KEPT, "Content-Encoding?"], type: "text/html" },
        304: { description: "It is what you hold", headers: KEPT },
        403: { description: "A page with the plain link", headers: ["Cache-Control", "Vary"], type: "text/html" },
      },
      ...{ problems: ["story_removed"], curl: null },
    },
  ],
  [
    "get",
    "/embed",
    {
      ...{ id: "embedBuilder", tag: "Embedding", summary: "Where partners get what they paste" },
      query: builderQuery,
      answers: {
        200: { description: "A page", headers: ["Cache-Control", "Vary", "Content-Encoding?"], type: "text/html" },
      },
      ...{ problems: [], curl: null },
    },
  ],
  [
    "get",
    "/embed/v1/{file}",
    {
      ...{ id: "embedScript", tag: "Embedding", summary: "The custom element `<live-story>`, and what it loads" },
      description:
        "`live-story.js` is always the newest; the builder names the address of the same file that never changes.",
      answers: {
        200: { description: "A module", headers: [...SCRIPT_HEADERS, "Content-Encoding?"], type: SCRIPT },
        304: { description: "It is what you hold", headers: SCRIPT_HEADERS },
      },
      ...{ problems: [], problemHeaders: ["Access-Control-Allow-Origin?"], curl: null },
    },
  ],
  [
    "get",
    "/oembed",
    {
      ...{ id: "oEmbed", tag: "Embedding", summary: "How to embed the page at an address", query: oEmbedQuery },
      answers: {
        200: { description: "An iframe", headers: ["Cache-Control", "Access-Control-Allow-Origin"], json: "OEmbed" },
        501: { description: "Another format than `json`", headers: ["Cache-Control", "Access-Control-Allow-Origin"] },
      },
      ...{ problems: ["validation_failed"], problemHeaders: ["Access-Control-Allow-Origin?"] },
      curl: null,
    },
  ],
];
