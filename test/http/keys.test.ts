import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Keys } from "../../src/editorial/keys.ts";
import { openSqliteStores } from "../../src/store/sqlite/open.ts";
import { TestService } from "../support/service.ts";

let service: TestService;
let editor = "";
before(async () => {
  service = await TestService.start();
  for (const slug of ["a", "ab"]) await service.createStory({ slug });
  // As the command line does it, beside the running service.
  const stores = await openSqliteStores({ file: `${service.dataDirectory}/dateline.db` });
  editor = (await new Keys(stores.keys, null).create({ name: "desk a", role: "editor", stories: ["a"] })).secret;
  await stores.close();
});
after(() => service.close());

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
