import { z } from "zod";
import type { Calls } from "./operation.ts";

const SCRIPT = "text/javascript";
const oEmbedQuery = z.object({
  url: z.string().meta({ format: "uri", description: "Of a story's page" }),
  maxwidth: z.string().optional().describe("Pixels"),
  maxheight: z.string().optional().describe("Pixels"),
  format: z.enum(["json", "xml"]).optional(),
});

export const embedding: Calls = [
  [
    "get",
    "/embed/{slug}",
    {
      ...{ id: "embedPage", tag: "Embedding", summary: "A story as a page for an iframe", isPage: true },
      description: "Only pages of the story's `allowedOrigins` may frame it.",
      answers: { 200: { description: "A page", headers: ["Cache-Control"], type: "text/html" } },
      ...{ problems: ["story_removed"], curl: null },
    },
  ],
  [
    "get",
    "/embed/v1/live-story.js",
    {
      ...{ id: "embedScript", tag: "Embedding", summary: "The custom element `<live-story>`, always the newest" },
      answers: {
        200: { description: "A module", headers: ["Cache-Control", "Access-Control-Allow-Origin"], type: SCRIPT },
      },
      ...{ problems: [], curl: null },
    },
  ],
  [
    "get",
    "/oembed",
    {
      ...{ id: "oEmbed", tag: "Embedding", summary: "How to embed the page at an address", query: oEmbedQuery },
      answers: { 200: { description: "An iframe", headers: ["Cache-Control"], json: "OEmbed" } },
      ...{ problems: ["story_removed", "validation_failed"], curl: null },
    },
  ],
];
