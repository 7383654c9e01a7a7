import { builderQuery, embedQuery, oEmbedQuery } from "../validate.ts";
import type { AnswerHeaders } from "./headers.ts";
import type { Calls } from "./operation.ts";

const SCRIPT = "text/javascript";
const KEPT: AnswerHeaders = ["Cache-Control", "Vary", "ETag"];
/** Only the file whose name stays has an ETag. */
const SCRIPT_HEADERS: AnswerHeaders = ["Cache-Control", "Vary", "ETag?", "Access-Control-Allow-Origin"];

export const embedding: Calls = [
  [
    "get",
    "/embed/{slug}",
    {
      ...{ id: "embedPage", tag: "Embedding", summary: "A story as a page for an iframe", isPage: true },
      query: embedQuery,
      description: "Only pages of the story's `allowedOrigins` may frame it.",
      headers: ["If-None-Match"],
      answers: {
        200: { description: "A page", headers: [...KEPT, "Content-Encoding?"], type: "text/html" },
        304: { description: "It is what you hold", headers: KEPT },
      },
      ...{ problems: ["story_removed"], curl: null },
    },
  ],
  [
    "get",
    "/embed",
    {
      ...{ id: "embedBuilder", tag: "Embedding", summary: "Where partners get what they paste", isPage: true },
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
      ...{ problems: [], curl: null },
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
      ...{ isPage: true, curl: null },
    },
  ],
];
