import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { dateline, type Ended, exitOf, startDateline } from "../support/command-line.ts";
import { RedisServer } from "../support/redis-server.ts";
import { TestService } from "../support/service.ts";
import { TestReader } from "../support/socket-reader.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";

test("a story moves from one running service to another, whole", async (t) => {
  const [from, to] = [await started(t), await started(t)];
  const { revised, retracted } = await eventfulStory(from);
  const { position } = await from.snapshot("story");
  const file = join(await temporaryDirectory(t), "story.json");
  assert.equal((await to.call("GET", "/stories/story")).status, 404);

  const exported = await dateline(["stories", "export", "story", "--output", file], on(from));
  assert.deepEqual(exported, done(`Exported "story": 3 entries to ${file}.\n`));
  assert.deepEqual(await dateline(["stories", "import", file], on(to)), done('Imported "story": 3 entries.\n'));

  assert.deepEqual(await everything(to, revised), await everything(from, revised));
  const { body: listed } = await to.call("GET", "/stories?topic=us");
  assert.deepEqual(
    listed.stories.map(({ slug }) => slug),
    ["story"],
  );
  assert.equal((await to.call("GET", `/stories/story/entries/${retracted}`)).status, 410);
  const { body: since } = await to.call("GET", `/stories/story/changes?after=${position}`);
  assert.equal(since.mode, "snapshot");
});

test("readers and editors go on where the story was imported", async (t) => {
  const [from, to] = [await started(t), await started(t)];
  const { revised } = await eventfulStory(from);
  const { seq, position } = await from.snapshot("story");
  const { stdout } = await dateline(["stories", "export", "story"], on(from));
  await dateline(["stories", "import", "-"], { ...on(to), input: stdout });

  const reader = await TestReader.connect(to.url);
  t.after(() => reader.socket.disconnect());
  const reply = await reader.join({ story: "story", position });
  assert.ok(reply.ok && reply.mode === "snapshot");
  await to.publish("story", { markdown: "New here" });
  const changes = await reader.next("changes");
  assert.deepEqual([changes.from, changes.to], [seq, seq + 1]);
  const { status, body } = await to.call("PATCH", `/stories/story/entries/${revised}`, {
    body: { markdown: "Again" },
    headers: { "If-Match": '"2"' },
  });
  assert.deepEqual([status, body.entry.revision, body.seq], [200, 3, seq + 2]);
});

test("a story moves from SQLite to Redis and back", async (t) => {
  const redis = await RedisServer.start();
  t.after(() => redis.stop());
  const from = await started(t);
  await eventfulStory(from);
  const onRedis = { env: { REDIS_URL: redis.url } };
  const back = { env: { DATA_DIR: join(await temporaryDirectory(t), "new", "store") } };
  const first = await dateline(["stories", "export", "story"], on(from));
  const imported = await dateline(["stories", "import", "-"], { ...onRedis, input: first.stdout });
  assert.deepEqual(imported, done('Imported "story": 3 entries.\n'));
  const second = await dateline(["stories", "export", "story"], onRedis);
  await dateline(["stories", "import", "-"], { ...back, input: second.stdout });
  const third = await dateline(["stories", "export", "story"], back);
  for (const { stdout } of [second, third]) assert.deepEqual(withoutTime(stdout), withoutTime(first.stdout));
  const again = await dateline(["stories", "import", "-"], { ...onRedis, input: first.stdout });
  assert.equal(again.code, 1);
  assert.match(again.stderr, /There is, or was, a story "story" in Redis\. Nothing was imported\./);
});

test("a file is one readable document that says what it is, without what was withdrawn", async (t) => {
  const service = await started(t);
  await eventfulStory(service);
  const { code, stdout, stderr } = await dateline(["stories", "export", "story"], on(service));
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^\{\n {2}"format": "dateline-story",\n {2}"version": 1,\n {2}"exportedAt": "20/);
  assert.ok(stdout.includes("In draft 🌍") && stdout.endsWith("}\n"));
  assert.equal(stdout.includes("Withdrawn words"), false);
});

test("what is not there is not exported, and no store is made by looking", async (t) => {
  const service = await started(t);
  await service.createStory({ slug: "gone" });
  await service.call("DELETE", "/stories/gone");
  for (const slug of ["never", "gone"]) {
    const { code, stdout, stderr } = await dateline(["stories", "export", slug], on(service));
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(stderr, `There is no story "${slug}" in the store in ${service.dataDirectory}.\n`);
  }
  const directory = await temporaryDirectory(t);
  const nowhere = await dateline(["stories", "export", "a"], { env: { DATA_DIR: "not-made" }, cwd: directory });
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /There is no directory .*not-made\. DATA_DIR says where the store is\./);
  assert.deepEqual(await readdir(directory), []);
});

test("a slug that is taken, or was, is left as it is", async (t) => {
  const [from, to] = [await started(t), await started(t)];
  await eventfulStory(from);
  await to.createStory({ headline: "Another" });
  const { stdout: input } = await dateline(["stories", "export", "story"], on(from));
  const taken = /There is, or was, a story "story" in the store in .*\. Nothing was imported\.\n$/;
  assertFailed(await dateline(["stories", "import", "-"], { ...on(to), input }), taken);
  assert.equal((await to.snapshot("story")).story.headline, "Another");
  await to.call("DELETE", "/stories/story");
  assertFailed(await dateline(["stories", "import", "-"], { ...on(to), input }), taken);
  assert.equal((await to.call("GET", "/stories/story")).status, 410);
});

test("the settings are the server's, but no admin key is asked for", async (t) => {
  const service = await started(t);
  await eventfulStory(service);
  const { env } = on(service);
  const production = await dateline(["stories", "export", "story"], { env: { ...env, NODE_ENV: "production" } });
  assert.equal(production.code, 0);
  const wrong = await dateline(["stories", "export", "story"], { env: { ...env, REDIS_URL: "http://x" } });
  assertFailed(wrong, /^The settings are wrong:\n {2}REDIS_URL /);
});

test("a store that cannot be opened is a failure that says so", async (t) => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, "dateline.db"), "Dear diary, ".repeat(1_000));
  const broken = await dateline(["stories", "export", "a"], { env: { DATA_DIR: directory } });
  assertFailed(broken, /^Cannot open the store .*dateline\.db\. .*\n$/);
});

test("a file is replaced as a whole, or not at all", async (t) => {
  const service = await started(t);
  await eventfulStory(service);
  const directory = await temporaryDirectory(t);
  const [file, link] = [join(directory, "backup.json"), join(directory, "link.json")];
  await writeFile(file, "the one before");
  await chmod(file, 0o600);
  await symlink(file, link);
  await dateline(["stories", "export", "never", "--output", file], on(service));
  assert.equal(await readFile(file, "utf8"), "the one before");
  assert.equal((await dateline(["stories", "export", "story", "--output", link], on(service))).code, 0);
  assert.equal(JSON.parse(await readFile(file, "utf8")).slug, "story");
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual((await readdir(directory)).sort(), ["backup.json", "link.json"]);
  assert.equal((await dateline(["stories", "export", "story", "--output", "/dev/null"], on(service))).code, 0);
  assert.equal((await stat("/dev/null")).isFile(), false);

  await mkdir(join(directory, "place"));
  for (const output of [join(directory, "no", "file.json"), join(directory, "place")]) {
    const failed = await dateline(["stories", "export", "story", "--output", output], on(service));
    assertFailed(failed, /^Cannot write to \/.*: (no such file or directory|illegal operation on a directory)\.\n$/);
  }
  assert.deepEqual((await readdir(directory)).sort(), ["backup.json", "link.json", "place"]);
});

test("whoever stops reading the export gets no stack trace", async (t) => {
  const service = await started(t);
  await service.createStory({ background: { markdown: "long ".repeat(19_000) } });
  for (let n = 0; n < 10; n += 1) await service.publish("story", { markdown: "long ".repeat(3_900) });
  const child = startDateline(["stories", "export", "story"], on(service));
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += String(chunk);
  });
  const exit = exitOf(child);
  child.stdout.once("data", () => child.stdout.destroy());
  assert.equal(await exit, 1);
  assert.equal(errors, "Cannot write to standard output: broken pipe.\n");
});

async function started(t: TestContext): Promise<TestService> {
  const service = await TestService.start({ publicUrl: "https://news.example" });
  t.after(() => service.close());
  return service;
}

function on({ dataDirectory }: TestService) {
  return { env: { DATA_DIR: dataDirectory } };
}

function done(stderr: string): Ended {
  return { code: 0, stdout: "", stderr };
}

function assertFailed({ code, stdout, stderr }: Ended, says: RegExp): void {
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, says);
  assert.doesNotMatch(stderr, /^\s+at /m);
}

/** Three entries that stay, one of them revised, and one that does not. */
async function eventfulStory(service: TestService) {
  await service.createStory({
    headline: "In draft 🌍",
    topics: [{ slug: "us", name: "US" }],
    background: { markdown: "# Before\n\nthis" },
    allowedOrigins: ["https://partner.example"],
    language: "ar",
  });
  const { id: revised } = await service.publish("story", {
    markdown: "**First** <b>raw</b>",
    headline: "Head",
    attributions: [{ source: "AP", url: null, status: "confirmed" }],
    authors: [{ name: "Ann", url: "https://news.example/ann" }],
    media: [{ url: "https://news.example/a.png", alt: "", width: 3, height: 4, caption: "C", credit: null }],
  });
  const { id: pinned } = await service.publish("story", { markdown: "Past", publishedAt: "2026-03-01T12:00:00.000Z" });
  const { id: retracted } = await service.publish("story", { markdown: "Withdrawn words" });
  await service.publish("story", { importance: "breaking", label: "LIVE", language: "en" });
  const changes: [string, string, unknown?][] = [
    ["PATCH", `/stories/story/entries/${revised}`, { markdown: "## Second", correction: "It was the second." }],
    ["DELETE", `/stories/story/entries/${retracted}`],
    ["PUT", "/stories/story/pin", { entryId: pinned }],
  ];
  for (const [method, path, body] of changes) {
    const { status, text } = await service.call(method, path, { body });
    assert.equal(status, 200, text);
  }
  return { revised, retracted };
}

/** All that an editor sees of the story, but where in which history it is. */
async function everything(service: TestService, entryId: string) {
  const answers = [];
  for (const path of ["?limit=200", `/entries/${entryId}`, `/entries/${entryId}/revisions`]) {
    const { status, body } = await service.call("GET", `/stories/story${path}`);
    assert.equal(status, 200);
    answers.push({ ...body, position: null });
  }
  return answers;
}

function withoutTime(file: string): unknown {
  return { ...JSON.parse(file), exportedAt: null };
}
