import { builderQuery, embedQuery, oEmbedQuery } from "../validate.ts";
import type { Calls } from "./operation.ts";

const SCRIPT = "text/javascript";

export const embedding: Calls = [
  [
    "get",
    "/embed/{slug}",
    {
      ...{ id: "embedPage", tag: "Embedding", summary: "A story as a page for an iframe" },
      query: embedQuery,
      description: "Only pages of the story's `allowedOrigins` may frame it.",
      answers: {
        200: {
          description: "A page",
          headers: ["Cache-Control", "Vary", "Content-Encoding?", "ETag"],
          type: "text/html",
        },
        304: { description: "It is what you hold", headers: ["ETag"] },
      },
      ...{ problems: ["story_removed"], headers: ["If-None-Match"], curl: null },
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
        200: {
          description: "A module",
          headers: ["Cache-Control", "Access-Control-Allow-Origin", "Vary", "Content-Encoding?", "ETag?"],
          type: SCRIPT,
        },
        304: {
          description: "It is still the newest",
          headers: ["Cache-Control", "Access-Control-Allow-Origin", "ETag"],
        },
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
