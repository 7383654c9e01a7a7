import type { ComponentName } from "./components.ts";

/** One small story, the same in every example. */

const SLUG = "election-night";
export const ENTRY_ID = "0190b4a0-5c3e-7d21-9f60-3a1b2c4d5e6f";
const STORY_URL = `https://live.example.com/stories/${SLUG}`;
const POSITION = "Xq3vB7.2.m9Zk1w";

export const PATH_EXAMPLES: Readonly<Record<string, string>> = {
  slug: SLUG,
  id: "$ENTRY",
  revision: "1",
  topic: "elections",
};

/** Of calls, by their id. */
export const QUERY_EXAMPLES: Readonly<Record<string, string>> = {
  listStories: "?status=live",
  readStory: "?limit=20",
  catchUp: "?after=$POSITION",
};

export const STORY_DRAFT = {
  slug: SLUG,
  headline: "Election night",
  timeZone: "America/Chicago",
  status: "live",
  topics: [{ slug: "elections", name: "Elections" }],
};
export const ENTRY_DRAFT = {
  markdown: "Polls have closed in the east, the **AP** reports.",
  attributions: [{ source: "AP", status: "confirmed" }],
};
export const ENTRY_PATCH = {
  markdown: "Polls have closed in *six* eastern states, the **AP** reports.",
  correction: "An earlier version did not say how many states.",
};

const story = {
  ...{ slug: SLUG, seq: 1, headline: "Election night", summary: null, status: "live", timeZone: "America/Chicago" },
  ...{ language: "en", direction: "ltr", topics: STORY_DRAFT.topics, authors: [], image: null, pinnedEntryId: null },
  ...{ coverageStart: "2024-11-05T23:00:00.000Z", coverageEnd: null },
  ...{ createdAt: "2024-11-05T23:00:00.000Z", updatedAt: "2024-11-05T23:00:00.000Z", url: STORY_URL },
};
const entry = {
  ...{ id: ENTRY_ID, seq: 2, firstSeq: 2, revision: 1, label: "UPDATE", importance: "normal", headline: null },
  html: "<p>Polls have closed in the east, the <strong>AP</strong> reports.</p>\n",
  attributions: [{ source: "AP", url: null, status: "confirmed" }],
  ...{ authors: [], media: [], corrections: [], language: null },
  ...{
    publishedAt: "2024-11-06T00:00:12.345Z",
    updatedAt: null,
    url: `${STORY_URL}?entry=${ENTRY_ID}#entry-${ENTRY_ID}`,
  },
};
const editorsStory = { ...story, allowedOrigins: [] };
const editorsEntry = { ...entry, markdown: ENTRY_DRAFT.markdown };
const tombstone = { id: ENTRY_ID, seq: 3, firstSeq: 2, retracted: true, retractedAt: "2024-11-06T00:02:00.000Z" };
const head = { seq: 2, position: POSITION };
const change = { seq: 2, at: entry.publishedAt, kind: "entry", entry };
const changes = { from: 1, to: 2, changes: [change], position: POSITION };
const snapshot = { story, background: null, entries: [entry], total: 1, older: null, ...head };
const { seq: _s, firstSeq: _f, publishedAt: _p, updatedAt: _u, url: _url, revision: _r, ...body } = editorsEntry;
const by = { id: "0190b49f-1d02-7a4c-8e11-6f0a9b8c7d6e", name: "Desk" };

export const EXAMPLES: Readonly<Partial<Record<ComponentName, unknown>>> = {
  Entry: entry,
  Snapshot: snapshot,
  StoryAnswer: { story: editorsStory, ...head },
  EntryAnswer: { entry: editorsEntry, ...head },
  RetractionAnswer: { tombstone, seq: 3, position: "Xq3vB7.3.a0Tf8c" },
  StoryList: { stories: [story], next: null },
  CatchUp: { mode: "changes", ...changes },
  Preview: { url: `${STORY_URL}?preview=1730851200000.kN2f`, expiresAt: "2024-11-06T01:00:00.000Z" },
  Revisions: { revisions: [{ revision: 1, action: "publish", at: entry.publishedAt, by, content: body }] },
  Verdict: { status: "pass" },
};
