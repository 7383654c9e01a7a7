import { pageQuery } from "../validate.ts";
import type { AnswerHeaders } from "./headers.ts";
import type { Calls } from "./operation.ts";

const CORS: AnswerHeaders = ["Access-Control-Allow-Origin?", "Access-Control-Expose-Headers?"];
const READ: AnswerHeaders = ["Cache-Control", "Vary", ...CORS];
const COMPRESSED: AnswerHeaders = ["Vary", "Content-Encoding?"];
const PAGE: AnswerHeaders = ["Cache-Control", ...COMPRESSED];
const HTML = "text/html";

export const pages: Calls = [
  [
    "get",
    "/",
    {
      ...{
        id: "frontPage",
        tag: "Pages",
        summary: "What is live, what is coming, what has ended lately",
      },
      answers: { 200: { description: "A page", headers: PAGE, type: HTML } },
      problems: [],
    },
  ],
  [
    "get",
    "/topics/{topic}",
    {
      ...{ id: "topicPage", tag: "Pages", summary: "The stories of a topic" },
      answers: { 200: { description: "A page", headers: PAGE, type: HTML } },
      problems: [],
    },
  ],
  [
    "get",
    "/stories/{slug}",
    {
      ...{ id: "storyPage", tag: "Pages", summary: "The live page of a story", query: pageQuery },
      headers: ["If-None-Match"],
      answers: {
        200: { description: "A page, whole without scripts", headers: [...PAGE, "ETag?"], type: HTML },
        304: { description: "It is what you hold", headers: ["Cache-Control", "Vary", "ETag"] },
      },
      problems: ["entry_retracted", "story_removed", "validation_failed"],
      problemHeaders: ["Vary?", ...CORS],
    },
  ],
  [
    "get",
    "/stories/{slug}/feed.json",
    {
      ...{ id: "jsonFeed", tag: "Pages", summary: "A story as JSON Feed 1.1" },
      headers: ["If-None-Match"],
      answers: {
        200: {
          description: "The newest entries",
          headers: [...READ, "Content-Encoding?", "ETag"],
          json: "JsonFeed",
          type: "application/feed+json",
        },
        304: { description: "It is what you hold", headers: [...READ, "ETag"] },
      },
      ...{ key: "optional", problems: ["story_removed"], problemHeaders: ["Vary?", ...CORS] },
    },
  ],
  [
    "get",
    "/stories/{slug}/feed.atom",
    {
      ...{ id: "atomFeed", tag: "Pages", summary: "A story as an Atom feed" },
      headers: ["If-None-Match"],
      answers: {
        200: {
          description: "The newest entries",
          headers: [...READ, "Content-Encoding?", "ETag"],
          type: "application/atom+xml",
        },
        304: { description: "It is what you hold", headers: [...READ, "ETag"] },
      },
      ...{ key: "optional", problems: ["story_removed"], problemHeaders: ["Vary?", ...CORS] },
    },
  ],
  [
    "get",
    "/assets/{file}",
    {
      ...{ id: "asset", tag: "Pages", summary: "What pages are made of, under names that change with the content" },
      answers: { 200: { description: "The file", headers: ["Cache-Control", ...COMPRESSED], type: "*/*" } },
      ...{ problems: [], curl: null },
    },
  ],
];
