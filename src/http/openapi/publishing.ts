import { assigning } from "./curl.ts";
import { ENTRY_DRAFT, ENTRY_ID, ENTRY_PATCH, STORY_DRAFT } from "./examples.ts";
import type { Calls } from "./operation.ts";

const STORY = "/api/v1/stories/{slug}";
const ENTRY = `${STORY}/entries/{id}`;

export const publishing: Calls = [
  [
    "post",
    "/api/v1/stories",
    {
      ...{ id: "createStory", tag: "Publishing", summary: "Create a story", key: "editor" },
      description: "Needs the key of an editor of all stories. Without a status it is a draft, which only editors see.",
      headers: ["Idempotency-Key"],
      body: { json: "StoryDraft", example: STORY_DRAFT },
      answers: {
        201: { description: "Created", headers: ["Location", "Idempotent-Replay?"], json: "StoryAnswer" },
      },
      problems: ["slug_taken", "idempotency_conflict", "story_removed"],
    },
  ],
  [
    "post",
    `${STORY}/entries`,
    {
      ...{ id: "publish", tag: "Publishing", summary: "Publish an entry", key: "editor" },
      description:
        "Answered when it is durably stored and on its way to every reader. Send an Idempotency-Key, and a call whose answer was lost can be repeated without publishing twice. The second command keeps the entry's id for those below.",
      headers: ["Idempotency-Key"],
      body: { json: "EntryDraft", example: ENTRY_DRAFT },
      answers: {
        201: { description: "Published", headers: ["Location", "ETag", "Idempotent-Replay?"], json: "EntryAnswer" },
      },
      problems: ["story_ended", "idempotency_conflict", "entry_retracted", "story_removed"],
      curl: (command, site) =>
        `${command}\n\n${assigning("ENTRY", `${site}/api/v1/stories/${STORY_DRAFT.slug}?limit=1`, "id")}`,
    },
  ],
  [
    "patch",
    ENTRY,
    {
      ...{ id: "revise", tag: "Publishing", summary: "Revise an entry", key: "editor" },
      description: "What is left out stays as it is. A patch that changes nothing makes no change.",
      headers: ["If-Match"],
      body: { json: "EntryPatch", example: ENTRY_PATCH },
      answers: { 200: { description: "The entry as it is now", headers: ["ETag"], json: "EntryAnswer" } },
      problems: ["revision_mismatch", "entry_retracted", "story_removed"],
    },
  ],
  [
    "get",
    `${ENTRY}/revisions`,
    {
      ...{ id: "listRevisions", tag: "Publishing", summary: "Who changed what, when", key: "editor" },
      answers: { 200: { description: "Newest first", headers: ["Cache-Control"], json: "Revisions" } },
      problems: ["story_removed"],
    },
  ],
  [
    "delete",
    `${ENTRY}/revisions/{revision}`,
    {
      ...{ id: "eraseRevision", tag: "Publishing", summary: "Erase what an earlier revision said", key: "admin" },
      description: "The present revision cannot be erased: revise or retract the entry first.",
      answers: { 204: { description: "Erased" } },
      problems: ["validation_failed", "story_removed"],
    },
  ],
  [
    "put",
    `${STORY}/pin`,
    {
      ...{ id: "pin", tag: "Publishing", summary: "Pin an entry on top", key: "editor" },
      body: { json: "PinRequest", example: { entryId: ENTRY_ID } },
      answers: { 200: { description: "The story as it is now", json: "StoryAnswer" } },
      problems: ["entry_retracted", "story_removed"],
    },
  ],
  [
    "delete",
    `${STORY}/pin`,
    {
      ...{ id: "unpin", tag: "Publishing", summary: "Unpin whatever is pinned", key: "editor" },
      answers: { 200: { description: "The story as it is now", json: "StoryAnswer" } },
      problems: ["story_removed"],
    },
  ],
  [
    "patch",
    STORY,
    {
      ...{
        id: "patchStory",
        tag: "Publishing",
        summary: "Change a story's fields, status or background",
        key: "editor",
      },
      description:
        "`ended` refuses new entries, revising and retracting still work; `live` reopens. Back to `draft` withdraws the story from its readers.",
      headers: ["If-Match"],
      body: { json: "StoryPatch", example: { summary: "Results through the night." } },
      answers: { 200: { description: "The story as it is now", json: "StoryAnswer" } },
      problems: ["revision_mismatch", "story_removed"],
    },
  ],
  [
    "post",
    `${STORY}/previews`,
    {
      ...{
        id: "preview",
        tag: "Publishing",
        summary: "Get a signed address of the page, also of a draft",
        key: "editor",
      },
      description: "Good for an hour, for whoever has it.",
      headers: ["Idempotency-Key"],
      body: { json: "PreviewRequest", example: {}, required: false },
      answers: { 201: { description: "The address", headers: ["Idempotent-Replay?"], json: "Preview" } },
      problems: ["idempotency_conflict", "story_removed"],
    },
  ],
];

export const takingBack: Calls = [
  [
    "delete",
    ENTRY,
    {
      ...{ id: "retract", tag: "Taking back", summary: "Retract an entry", key: "editor" },
      description:
        "A bare tombstone is left. The content is gone from every read, page, feed and revision list at once. A repeat changes nothing.",
      headers: ["If-Match"],
      answers: { 200: { description: "What is left of it", json: "RetractionAnswer" } },
      problems: ["revision_mismatch", "story_removed"],
    },
  ],
  [
    "delete",
    STORY,
    {
      ...{ id: "removeStory", tag: "Taking back", summary: "Remove a story for good", key: "admin" },
      description: "Its content is erased and its readers are told. The slug stays taken.",
      answers: { 204: { description: "Removed" } },
      problems: ["story_removed"],
    },
  ],
];
