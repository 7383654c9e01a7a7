import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { dateline } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { RedisServer } from "../support/redis-server.ts";
import { TestService } from "../support/service.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";

const SECRET = /^dl_[\w-]{32}\n$/;

async function started(t: TestContext): Promise<TestService> {
  const service = await TestService.start();
  t.after(() => service.close());
  return service;
}

function on({ dataDirectory }: TestService) {
  return { env: { DATA_DIR: dataDirectory } };
}

/** @returns the key and its id, as whoever makes one learns them. */
async function create(args: string[], surroundings: { env: Record<string, string> }) {
  const { code, stdout, stderr } = await dateline(["keys", "create", ...args], surroundings);
  assert.equal(code, 0, stderr);
  assert.match(stdout, SECRET);
  const [, id = ""] = /^Created key (\S+) for /.exec(stderr) ?? [];
  return { secret: stdout.trim(), id, stderr };
}

function statusOfPublishing(service: TestService, slug: string, key: string): Promise<number> {
  return service
    .call("POST", `/stories/${slug}/entries`, { body: { markdown: "x" }, key })
    .then(({ status }) => status);
}

test("a key made beside a running server works at once, within its stories, and not after it was revoked", async (t) => {
  const service = await started(t);
  for (const slug of ["a", "ab", "a-b"]) await service.createStory({ slug });
  const args = ["--name", "Night desk", "--story", "a", "--story", "a-b", "--story", "later", "--story", "a"];
  const { secret, id, stderr } = await create(args, on(service));
  assert.equal(
    stderr,
    `Created key ${id} for "Night desk" in the store in ${service.dataDirectory}: editor of a, a-b, later.\n` +
      'There is no story "later" yet.\nIt is shown only this once.\n',
  );
  const statuses = ["a", "ab", "a-b"].map((slug) => statusOfPublishing(service, slug, secret));
  assert.deepEqual(await Promise.all(statuses), [201, 403, 201]);

  const revoked = await dateline(["keys", "revoke", id], on(service));
  const says = `Revoked key ${id} of "Night desk". Every running server refuses it within 5 seconds.\n`;
  assert.deepEqual(revoked, { code: 0, stdout: "", stderr: says });
  await eventually(
    () => statusOfPublishing(service, "a", secret),
    (status) => status === 401,
  );
  const again = await dateline(["keys", "revoke", id], on(service));
  assert.equal(again.code, 0);
  assert.match(again.stderr, new RegExp(`^Key ${id} of "Night desk" was revoked at \\S+Z\\.\n$`));
});

test("all nodes on one Redis learn of a key and of its end, whichever knew it before", async (t) => {
  const redis = await RedisServer.start();
  t.after(() => redis.stop());
  const settings = { redis: { url: redis.url, prefix: "desk:", minReplicas: 0 } };
  const nodes = [await TestService.start(settings), await TestService.start(settings)];
  t.after(async () => void (await Promise.all(nodes.map((node) => node.close()))));
  await nodes[0]?.createStory({ slug: "a" });
  const env = { REDIS_URL: redis.url, REDIS_PREFIX: "desk:" };
  const { secret, id, stderr } = await create(["--name", "News desk"], { env });
  assert.match(stderr, /in Redis: editor of every story\./);
  for (const node of nodes) assert.equal(await statusOfPublishing(node, "a", secret), 201);
  assert.equal((await dateline(["keys", "revoke", id], { env })).code, 0);
  for (const node of nodes) {
    await eventually(
      () => statusOfPublishing(node, "a", secret),
      (status) => status === 401,
    );
  }
});

test("keys are listed with all but themselves", async (t) => {
  const env = { DATA_DIR: join(await temporaryDirectory(t), "new") };
  const first = await create(["--name", "Operations", "--role", "admin"], { env });
  const second = await create(["--name", "Night desk", "--story", "a", "--story", "b"], { env });
  await dateline(["keys", "revoke", first.id], { env });
  const { code, stdout, stderr } = await dateline(["keys", "list"], { env });
  assert.deepEqual([code, stderr], [0, ""]);
  const rows = stdout.split("\n").map((line) => line.split(/ {2,}/));
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
  assert.deepEqual(rows[0], ["ID", "NAME", "ROLE", "STORIES", "CREATED", "REVOKED"]);
  assert.deepEqual(rows[1]?.slice(0, 4), [first.id, "Operations", "admin", "all"]);
  assert.deepEqual(rows[2]?.slice(0, 4), [second.id, "Night desk", "editor", "a,b"]);
  assert.match(rows[1]?.[5] ?? "", time);
  assert.match(rows[2]?.[4] ?? "", time);
  assert.equal(rows[2]?.[5], "-");
  for (const { secret } of [first, second]) assert.ok(!stdout.includes(secret));
});

test("an admin's key may do everything", async (t) => {
  const service = await started(t);
  const { secret } = await create(["--name", "Operations", "--role", "admin"], on(service));
  const body = { slug: "own", headline: "x", timeZone: "UTC" };
  assert.equal((await service.call("POST", "/stories", { body, key: secret })).status, 201);
  assert.equal((await service.call("DELETE", "/stories/own", { key: secret })).status, 204);
});

test("where there is no key or no store, it is said, and nothing is made", async (t) => {
  const directory = join(await temporaryDirectory(t), "none");
  for (const args of [["list"], ["revoke", "some-id"]]) {
    const { code, stderr } = await dateline(["keys", ...args], { env: { DATA_DIR: directory } });
    assert.equal(code, 1);
    assert.match(stderr, /^There is no directory \S+none\. DATA_DIR says where the store is\.\n$/);
  }
  const service = await started(t);
  const listed = await dateline(["keys", "list"], on(service));
  assert.deepEqual([listed.code, listed.stdout], [0, ""]);
  assert.match(listed.stderr, /^There are no keys in the store in \S+\. Make one with dateline keys create\.\n$/);
  const unknown = await dateline(["keys", "revoke", "some-id"], on(service));
  assert.deepEqual([unknown.code, unknown.stdout], [1, ""]);
  assert.match(unknown.stderr, /^There is no key "some-id" in the store in \S+\. See dateline keys list\.\n$/);
});

test("a key that is given for an id is not repeated", async (t) => {
  const service = await started(t);
  const { secret } = await create(["--name", "Mistaken"], on(service));
  const { code, stderr } = await dateline(["keys", "revoke", secret], on(service));
  assert.equal(code, 1);
  assert.match(stderr, /looks like a key itself/);
  assert.ok(!stderr.includes(secret));
});
