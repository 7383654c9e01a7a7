import { changesQuery, listQuery, snapshotQuery, streamQuery } from "../validate.ts";
import { assigning } from "./curl.ts";
import { STORY_DRAFT } from "./examples.ts";
import type { AnswerHeaders } from "./headers.ts";
import type { Call, Calls } from "./operation.ts";

const STORY = "/api/v1/stories/{slug}";
const CORS: AnswerHeaders = ["Access-Control-Allow-Origin?", "Access-Control-Expose-Headers?"];
const READ: AnswerHeaders = ["Cache-Control", "Vary", ...CORS];

/** What all reads have in common: a key is not needed, but where one is sent it must be good. */
const read = { tag: "Reading", key: "optional", problemHeaders: ["Vary?", ...CORS] } as const satisfies Partial<Call>;

export const reading: Calls = [
  [
    "get",
    "/api/v1/stories",
    {
      ...{ ...read, id: "listStories", summary: "List stories", query: listQuery },
      description: "A story that was changed a moment ago may not be in its place yet.",
      answers: { 200: { description: "Stories", headers: READ, json: "StoryList" } },
      problems: ["validation_failed"],
    },
  ],
  [
    "get",
    STORY,
    {
      ...{
        ...read,
        id: "readStory",
        summary: "Read a story and its newest entries, or older ones",
        query: snapshotQuery,
      },
      headers: ["If-None-Match"],
      answers: {
        200: {
          description: "The story as it is now",
          headers: [...READ, "Content-Encoding?", "ETag"],
          json: "Snapshot",
        },
        304: { description: "It is what you hold", headers: [...READ, "ETag"] },
      },
      problems: ["story_removed", "validation_failed"],
    },
  ],
  [
    "get",
    `${STORY}/changes`,
    {
      ...{ ...read, id: "catchUp", summary: "Catch up from a position", query: changesQuery },
      description:
        "Each item touched since, once, in its latest form; or a snapshot where that position cannot be resumed. Nothing superseded or withdrawn is replayed.",
      answers: { 200: { description: "What you lack", headers: READ, json: "CatchUp" } },
      problems: ["story_removed", "validation_failed"],
      curl: (command, site) =>
        `${assigning("POSITION", `${site}/api/v1/stories/${STORY_DRAFT.slug}`, "position")}\n\n${command}`,
    },
  ],
  [
    "get",
    `${STORY}/stream`,
    {
      ...{ ...read, id: "openStream", summary: "Follow a story by server-sent events", query: streamQuery },
      description:
        "First event `snapshot` (a Snapshot) or `changes`, then `changes` (ChangesEvent), `reset` (ResetEvent), `goodbye` (GoodbyeEvent) and, where asked for, `presence` (PresenceEvent). The id of an event is the position after it. Without `--max-time` the command goes on until the story or you end.",
      headers: ["Last-Event-ID"],
      answers: { 200: { description: "Events", headers: READ, type: "text/event-stream" } },
      problems: ["forbidden", "story_removed", "validation_failed"],
      curl: (command) => command.replace("curl -sS", "curl -sSN --max-time 2"),
    },
  ],
  [
    "get",
    `${STORY}/entries/{id}`,
    {
      ...{ ...read, id: "readEntry", summary: "Read one entry" },
      answers: { 200: { description: "The entry", headers: READ, json: "Entry" } },
      problems: ["entry_retracted", "story_removed"],
    },
  ],
];

/** Which every path under `/api/v1` answers, before a page of another origin is let in. */
export const preflight: Call = {
  ...{ id: "preflight", tag: "Reading", summary: "What pages of other origins may send" },
  answers: { 204: { description: "Reads only", headers: ["Vary", "Access-Control-Allow-Origin"] } },
  problems: [],
  curl: null,
};
