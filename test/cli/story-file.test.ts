import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import { FILE_MAX_BYTES } from "../../src/cli/files.ts";
import { formatStoryFile, parseStoryFile } from "../../src/cli/story-file.ts";
import type { StoryFile } from "../../src/cli/story-file-shape.ts";
import type { StoryArchive } from "../../src/store/archive.ts";
import { dateline } from "../support/command-line.ts";
import { backgroundWrite, entryWrite, newStory } from "../support/store-desk.ts";
import { openInMemory, temporaryDirectory } from "../support/store-sqlite.ts";

const ENTRY = uuidv7();
const GONE = uuidv7();
const UNICODE = "ünïcode 🌍 ' \\ \u2028 אבג";

/** Item 0 is the background, 1 an entry, 2 a retraction, 3 the story; the entry's revisions are 0 and 2. */
async function archive(t: TestContext): Promise<StoryArchive> {
  const { stores } = await openInMemory(t);
  const desk = await newStory(stores, "a");
  await desk.commit([entryWrite(ENTRY, "first")]);
  await desk.commit([backgroundWrite(UNICODE)]);
  await desk.commit([entryWrite(GONE, "gone"), entryWrite(ENTRY, UNICODE)]);
  await desk.retract(GONE);
  await desk.patch({ headline: UNICODE, pinnedEntryId: ENTRY });
  const found = await stores.archives.exportStory("a");
  assert.ok(found);
  return found;
}

async function file(t: TestContext): Promise<string> {
  return formatStoryFile(await archive(t), new Date());
}

/** Bodies as what they say: the order of their fields says nothing. */
function read({ items, revisions, ...rest }: StoryArchive) {
  const parsed = <T extends { body: string | null }>(one: T) => ({
    ...one,
    body: one.body?.startsWith("{") ? (JSON.parse(one.body) as unknown) : one.body,
  });
  return { ...rest, items: items.map(parsed), revisions: revisions.map(parsed) };
}

test("what is read from a file is what was written to it", async (t) => {
  const original = await archive(t);
  const result = parseStoryFile(formatStoryFile(original, new Date()));
  assert.ok("archive" in result, JSON.stringify(result));
  assert.deepEqual(read(result.archive), read(original));
});

test("HTML is made of the Markdown, whatever the file says", async (t) => {
  const content = await file(t);
  const hostile = content.replace('"markdown": "first"', '"markdown": "<script>alert(1)</script> [x](javascript:y)"');
  const result = parseStoryFile(hostile);
  assert.ok("archive" in result && hostile !== content);
  const { body } = result.archive.revisions[0] ?? {};
  assert.match(body ?? "", /<p>&lt;script&gt;alert\(1\)&lt;\/script&gt; \[x\]\(javascript:y\)<\/p>/);
});

const DAMAGES: [title: string, path: (string | number)[], value: unknown, says: RegExp][] = [
  ["text instead of a number", ["seq"], "9", /^seq: .*expected number, received string$/],
  ["an empty headline", ["items", 3, "body", "headline"], "", /^items\[3\]\.body\.headline: must not be empty$/],
  ["a field that is missing", ["items", 1, "body", "label"], undefined, /^items\[1\]\.body\.label: is missing$/],
  ["a field that nobody knows", ["items", 1, "body", "html"], "<b>", /^items\[1\]\.body: .*"html"$/],
  ["a kind that nobody knows", ["items", 1, "kind"], "video", /^items\[1\]\.kind: /],
  ["a slug that is none", ["slug"], "A_B", /^slug: must be lower-case words/],
  ["an id that is none", ["items", 1, "id"], "story", /^items\[1\]\.id: /],
  ["a time that is none", ["items", 1, "firstAt"], "yesterday", /^items\[1\]\.firstAt: must be an ISO 8601 time/],
  [
    "a dangerous link",
    ["items", 1, "body", "authors"],
    [{ name: "A", url: "javascript:x" }],
    /authors\[0\]\.url: must/,
  ],
  ["blank Markdown", ["items", 1, "body", "markdown"], " ", /^items\[1\]\.body\.markdown: must not be blank$/],
  ["an unknown zone", ["items", 3, "body", "timeZone"], "Mars/Base", /timeZone: must be an IANA time zone/],
  ["a seq above the head", ["seq"], 6, /^items\[3\]\.seq: must be at most 6/],
  ["a seq of two items", ["items", 1, "seq"], 6, /^items\[2\]\.seq: belongs to another item/],
  ["an item that began later than it is", ["items", 0, "firstSeq"], 4, /^items\[0\]\.firstSeq: must be at most seq$/m],
  ["an entry that is there twice", ["items", 2, "id"], ENTRY, /^items\[2\]: is there twice$/m],
  ["no story", ["items", 3], undefined, /^items: lacks the story itself$/],
  [
    "a pinned entry that is gone",
    ["items", 3, "body", "pinnedEntryId"],
    GONE,
    /pinnedEntryId: is no entry of this story$/,
  ],
  [
    "a revision of nothing",
    ["revisions", 0, "entryId"],
    uuidv7(),
    /^revisions\[0\]\.entryId: is no entry of this story$/m,
  ],
  ["a revision that is there twice", ["revisions", 2, "seq"], 2, /^revisions\[2\]\.seq: is there twice$/m],
  ["a revision from after the entry", ["revisions", 0, "seq"], 7, /^revisions\[0\]\.seq: is later than the entry$/m],
  ["no revision of an entry", ["revisions", 2], undefined, /^items\[1\]: has no revision with its seq$/],
  [
    "an entry that was retracted before",
    ["revisions", 0, "action"],
    "retract",
    /^revisions\[0\]\.action: must be the last/,
  ],
  ["a tombstone without its retraction", ["revisions", 3, "action"], "revise", /^items\[2\]: has no revision/],
];

describe("a damaged file is refused", () => {
  for (const [title, path, value, says] of DAMAGES) {
    test(title, async (t) => {
      const result = parseStoryFile(damaged(await file(t), path, value));
      assert.ok("problems" in result, "it was accepted");
      assert.match(result.problems.join("\n"), says);
    });
  }

  test("content of what was retracted, or of a present revision twice", async (t) => {
    const content = await file(t);
    const { body } = (JSON.parse(content) as StoryFile).revisions[0] ?? {};
    for (const [index, says] of [
      [1, "as the entry was retracted"],
      [2, "as the entry itself has it"],
    ] as const) {
      const result = parseStoryFile(damaged(content, ["revisions", index, "body"], body));
      assert.deepEqual(result, { problems: [`revisions[${index}].body: must be null, ${says}`] });
    }
  });

  test("of many problems the first are named and the others counted", async (t) => {
    const content = JSON.parse(await file(t)) as StoryFile;
    const empty = { ...content, items: content.items.map(({ kind }) => ({ kind })) };
    const result = parseStoryFile(JSON.stringify(empty));
    assert.ok("problems" in result);
    assert.equal(result.problems.length, 6);
    assert.match(result.problems[5] ?? "", /^and \d+ more$/);
  });

  test("what is no story of Dateline at all, or one of a newer Dateline", async (t) => {
    const content = await file(t);
    const refused: [text: string, says: RegExp][] = [
      ["", /It is not JSON: /],
      [content.slice(0, -100), /It is not JSON: /],
      ["[]", /It is no story that Dateline has exported/],
      ["null", /It is no story that Dateline has exported/],
      [damaged(content, ["format"], "liveblog"), /It is no story that Dateline has exported/],
      [damaged(content, ["version"], undefined), /It is no story that Dateline has exported/],
      [
        JSON.stringify({ format: "dateline-story", version: 2, story: {} }),
        /It was exported by a newer Dateline\. Its version is 2; this Dateline knows versions up to 1\./,
      ],
    ];
    for (const [text, says] of refused) {
      const result = parseStoryFile(text);
      assert.ok("problems" in result, text);
      assert.match(result.problems.join("\n"), says);
    }
  });

  test("and the command line says so, and leaves the store alone", async (t) => {
    const env = { DATA_DIR: await temporaryDirectory(t) };
    const content = await file(t);
    const large = join(env.DATA_DIR, "large.json");
    const handle = await open(large, "w");
    await handle.truncate(FILE_MAX_BYTES + 1);
    await handle.close();
    const cases: [file: string, input: string | Uint8Array, says: RegExp][] = [
      [
        "-",
        damaged(content, ["items", 1, "body", "headline"], 7),
        /^The file cannot be imported:\n {2}items\[1\]\.body/,
      ],
      ["-", damaged(content, ["version"], 2), /^The file cannot be imported:\n {2}It was exported by a newer Dateline/],
      ["-", "", /^The file cannot be imported:\n {2}It is not JSON/],
      ["-", Buffer.from(content, "utf16le"), /^standard input is not UTF-8 text\.\n$/],
      [large, "", /large\.json is larger than 256 MiB\.\n$/],
      [join(env.DATA_DIR, "nothing.json"), "", /^Cannot read .*nothing\.json: no such file or directory\.\n$/],
      [env.DATA_DIR, "", /^Cannot read .*: illegal operation on a directory\.\n$/],
    ];
    for (const [path, input, says] of cases) {
      const { code, stdout, stderr } = await dateline(["stories", "import", path], { env, input });
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /^\s+at /m);
    }
    assert.equal((await dateline(["stories", "export", "a"], { env })).code, 1);
    const whole = await dateline(["stories", "import", "-"], { env, input: `\uFEFF${content}` });
    assert.deepEqual([whole.code, whole.stderr], [0, 'Imported "a": 1 entry.\n']);
  });
});

/** @param value undefined takes it out. */
function damaged(content: string, path: readonly (string | number)[], value: unknown): string {
  const whole: unknown = JSON.parse(content);
  const last = path.at(-1) ?? "";
  const parent = path.slice(0, -1).reduce((part, key) => (part as Record<string | number, unknown>)[key], whole);
  if (value === undefined && Array.isArray(parent)) parent.splice(Number(last), 1);
  else (parent as Record<string | number, unknown>)[last] = value;
  return JSON.stringify(whole);
}
