import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { after, before, test } from "node:test";
import { Keys } from "../../src/editorial/keys.ts";
import { openSqliteStores } from "../../src/store/sqlite/open.ts";
import type { Stores } from "../../src/store/stores.ts";
import { EventStream } from "../support/event-stream.ts";
import { eventually } from "../support/eventually.ts";
import { TestService } from "../support/service.ts";

let service: TestService;
let stores: Stores;
let editor = "";
before(async () => {
  service = await TestService.start();
  for (const slug of ["a", "ab"]) await service.createStory({ slug });
  // As the command line does it, beside the running service.
  stores = await openSqliteStores({ file: `${service.dataDirectory}/dateline.db` });
  editor = (await new Keys(stores.keys, null).create({ name: "desk a", role: "editor", stories: ["a"] })).secret;
});
after(async () => {
  await stores.close();
  await service.close();
});

test("an editor's key edits the stories that it names, and no others", async () => {
  const publish = (slug: string) =>
    service.call("POST", `/stories/${slug}/entries`, { body: { markdown: "x" }, key: editor });
  assert.equal((await publish("a")).status, 201);
  const refused = await publish("ab");
  assert.deepEqual([refused.status, refused.body.code], [403, "forbidden"]);
  const draft = { slug: "abc", headline: "x", timeZone: "UTC" };
  assert.equal((await service.call("POST", "/stories", { body: draft, key: editor })).body.code, "forbidden");
});

test("who may not edit a story reads what everybody reads; who may also sees the sources", async () => {
  await service.publish("ab", { markdown: "**Source**" });
  const asStranger = await service.call("GET", "/stories/ab", { key: editor });
  assert.ok(!asStranger.text.includes("**Source**") && !asStranger.text.includes("allowedOrigins"));
  assert.equal(asStranger.headers.get("cache-control"), "private, no-store");
  const own = await service.call("GET", "/stories/a", { key: editor });
  assert.ok(own.text.includes('"markdown":"x"') && own.text.includes("allowedOrigins"));
});

test("an editor finds the drafts that its key names in the list, and no others", async () => {
  for (const slug of ["a", "ab"]) await service.call("PATCH", `/stories/${slug}`, { body: { status: "draft" } });
  const { body } = await service.call("GET", "/stories?status=draft", { key: editor });
  assert.deepEqual(
    body.stories.map(({ slug, allowedOrigins }) => [slug, allowedOrigins]),
    [["a", []]],
  );
});

test("removing stories and erasing revisions takes an admin's key", async () => {
  const { id } = await service.publish("a");
  for (const path of ["/stories/a", `/stories/a/entries/${id}/revisions/1`]) {
    assert.equal((await service.call("DELETE", path, { key: editor })).body.code, "forbidden", path);
  }
});

test("what a key has opened closes with it: a stream of a draft", async () => {
  await service.createStory({ slug: "draft", status: "draft" });
  const { id, secret } = await new Keys(stores.keys, null).create({ name: "left us", role: "editor", stories: null });
  const url = `${service.url}/api/v1/stories/draft/stream`;
  const stream = await EventStream.open(url, { Authorization: `Bearer ${secret}` });
  await stream.next("snapshot");
  await stores.keys.revokeKey(id, new Date().toISOString());
  await stream.end();
  const refused = await fetch(url, { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal(refused.status, 401);
});

test("a key that was revoked while a body was on its way has written nothing", async () => {
  await service.createStory({ slug: "slow" });
  const { id, secret } = await new Keys(stores.keys, null).create({ name: "left us", role: "editor", stories: null });
  const isKnown = async () => (await service.call("GET", "/stories/slow", { key: secret })).status === 200;
  assert.ok(await isKnown());
  const body = JSON.stringify({ markdown: "Too late" });
  const headers = { Authorization: `Bearer ${secret}`, "Content-Type": "application/json", Expect: "100-continue" };
  const slow = request(`${service.url}/api/v1/stories/slow/entries`, { method: "POST", headers });
  slow.flushHeaders();
  await once(slow, "continue");
  slow.write(body.slice(0, 5));
  await stores.keys.revokeKey(id, new Date().toISOString());
  await eventually(isKnown, (known) => !known);
  slow.end(body.slice(5));
  const [answer] = (await once(slow, "response")) as [IncomingMessage];
  answer.resume();
  assert.equal(answer.statusCode, 401);
  assert.equal((await service.snapshot("slow")).total, 0);
});
