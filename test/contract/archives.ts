import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import type { Announcement } from "../../src/store/announcements.ts";
import type { StoryArchive } from "../../src/store/archive.ts";
import type { Stores } from "../../src/store/stores.ts";
import { eventually } from "../support/eventually.ts";
import { backgroundWrite, commitOf, Desk, entryWrite, HOLDER, headOf, newStory } from "../support/store-desk.ts";
import type { OpenEngine } from "./harness.ts";

const SECRET = "withdrawn-words";
const UNICODE = "ünïcode 🌍 ' \" \\ \u2028 אבג";

/** Whole stories that leave one store and arrive in another. */
export function archiveContract(open: OpenEngine): void {
  describe("archives", () => {
    test("a story that is imported elsewhere is the same story", async (t) => {
      const { stores } = await open(t);
      const { stores: other } = await open(t);
      const { ids } = await eventfulStory(stores);
      const archive = await exported(stores);
      assert.equal(await other.archives.importStory(archive), "imported");
      assert.deepEqual(await everything(other, ids), await everything(stores, ids));
      assert.deepEqual(await exported(other), archive);
    });

    test("what one store imports, it has for its other clients, and lists", async (t) => {
      const { stores } = await open(t);
      const { stores: other, peer } = await open(t);
      const topics = [{ slug: "us", name: "US" }];
      const desk = await newStory(stores, "a", { topics, status: "paused", allowedOrigins: ["https://x.example"] });
      await desk.publish("one");
      const archive = await exported(stores);
      await other.archives.importStory(archive);
      assert.deepEqual(await exported(peer), archive);
      const { story, access } = await load(other);
      const listed = { story, allowedOrigins: access.allowedOrigins, changedAt: archive.changedAt };
      const page = await eventually(
        () => other.catalogue.list({ statuses: ["paused"], topic: "us", limit: 10 }),
        ({ stories }) => stories.length > 0,
      );
      assert.deepEqual(page.stories, [listed]);
    });

    test("[S4] no position from before resumes, and the clock goes on", async (t) => {
      const { stores } = await open(t);
      const { stores: other } = await open(t);
      const desk = await newStory(stores, "a");
      const first = await headOf(stores, "a");
      await desk.publish("one");
      const last = await headOf(stores, "a");
      const announced: Announcement[] = [];
      await other.announcements.subscribe("a", {
        announced: (announcement) => announced.push(announcement),
        interrupted: () => assert.fail(),
      });
      await other.archives.importStory(await exported(stores));

      const { head, tags, recent } = await load(other);
      assert.equal(head.seq, last.seq);
      assert.notEqual(head.epoch, last.epoch);
      assert.notEqual(head.tag, last.tag);
      assert.deepEqual([tags, recent], [[{ seq: head.seq, tag: head.tag }], []]);
      for (const position of [first, last]) assert.equal(await other.timelines.changesSince("a", position), "reset");
      const published = await new Desk(other, "a").publish("two");
      assert.equal(published.head.seq, last.seq + 1);
      const since = await other.timelines.changesSince("a", head);
      assert.ok(since !== "reset" && since.changes.length === 1);
      assert.deepEqual(since.head, published.head);
      await other.announcements.probe();
      const known = announced.map((one) => one.kind === "commit" && [one.epoch, one.from, one.previousTag]);
      assert.deepEqual(known, [[head.epoch, head.seq, head.tag]], "the import itself was not announced");
    });

    test("an imported story is worked on like any other", async (t) => {
      const { stores } = await open(t);
      const { stores: other } = await open(t);
      const { ids } = await eventfulStory(stores);
      await other.archives.importStory(await exported(stores));
      const desk = new Desk(other, "a");
      const { revised, retracted } = ids;
      assert.equal(await other.records.eraseRevision("a", revised, 1), "erased");
      assert.equal(await other.records.eraseRevision("a", revised, 2), "erased", "it was erased before");
      assert.equal(await other.records.eraseRevision("a", revised, 3), "current");
      await desk.revise(revised, SECRET);
      const [revision] = await other.records.revisions("a", revised);
      assert.deepEqual([revision?.revision, revision?.action, revision?.content?.markdown], [4, "revise", SECRET]);
      await desk.retract(revised);
      const revise = commitOf([entryWrite(retracted, "again")]);
      assert.equal((await other.timelines.commit("a", revise)).outcome, "conflict");
      assert.equal(JSON.stringify(await exported(other)).includes(SECRET), false);
      await desk.remove();
      assert.equal(await other.archives.exportStory("a"), null);
    });

    test("[S6] what was retracted or erased is not in an archive, and what was removed has none", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a", { headline: "One" });
      const { id } = await desk.publish(SECRET);
      await desk.revise(id, `${SECRET} again`);
      await desk.commit([backgroundWrite(SECRET)]);
      const other = await desk.publish(SECRET);
      assert.equal(JSON.stringify(await exported(stores)).split(SECRET).length > 8, true, "this search finds them");
      await desk.retract(id);
      await desk.commit([backgroundWrite(null)]);
      await desk.revise(other.id, "harmless");
      await stores.records.eraseRevision("a", other.id, 1);
      const archive = await exported(stores);
      assert.equal(JSON.stringify(archive).includes(SECRET), false);
      assert.deepEqual(
        archive.revisions.map(({ item, revision, action, by }) => [item === id, revision, action, by]),
        [
          [true, 1, "publish", HOLDER],
          [true, 2, "revise", HOLDER],
          [false, 1, "publish", HOLDER],
          [true, 2, "retract", HOLDER],
          [false, 2, "revise", HOLDER],
        ],
      );
      await desk.remove();
      assert.equal(await stores.archives.exportStory("a"), null);
      assert.equal(await stores.archives.exportStory("never"), null);
    });

    test("a slug that is taken, or was, is not imported to, and nothing changes", async (t) => {
      const { stores } = await open(t);
      const { stores: other } = await open(t);
      await eventfulStory(stores);
      const archive = await exported(stores);
      const desk = await newStory(other, "a", { headline: "Another" });
      const before = await exported(other);
      assert.equal(await other.archives.importStory(archive), "taken");
      assert.deepEqual(await exported(other), before);
      await desk.remove();
      assert.equal(await other.archives.importStory(archive), "taken");
      assert.equal(await other.timelines.load("a", 1), "removed");
    });

    test("[S1] of many imports of a story at once, one is done", async (t) => {
      const { stores } = await open(t);
      const { stores: other, peer } = await open(t);
      await eventfulStory(stores);
      const archive = await exported(stores);
      const clients = Array.from({ length: 10 }, (_, n) => (n % 2 ? other : peer));
      const outcomes = await Promise.all(clients.map((client) => client.archives.importStory(archive)));
      assert.deepEqual(outcomes.sort(), ["imported", ...Array.from({ length: 9 }, () => "taken")]);
      assert.deepEqual(await exported(other), archive);
    });

    test("idempotency keys stay behind", async (t) => {
      const { stores } = await open(t);
      const { stores: other } = await open(t);
      const desk = await newStory(stores, "a");
      const idempotency = { key: "key", bodyHash: "hash", ids: [] };
      await desk.commit([entryWrite(uuidv7(), "one")], { idempotency });
      await other.archives.importStory(await exported(stores));
      const want = { items: [], idempotency: { holderId: HOLDER.id, key: "key" } };
      const record = await other.records.read("a", want);
      assert.ok(record && record !== "removed");
      assert.equal(record.remembered, null);
    });

    test("[S2] stories with similar slugs do not mix", async (t) => {
      const { stores } = await open(t);
      const { stores: other } = await open(t);
      const slugs = ["a", "ab", "a-b"];
      for (const slug of slugs) await (await newStory(stores, slug)).publish(`only in ${slug}`);
      for (const slug of slugs) {
        const archive = await exported(stores, slug);
        assert.equal(archive.items.length, 2);
        assert.ok(archive.items[1]?.body?.includes(`only in ${slug}<`));
        await other.archives.importStory(archive);
      }
      await new Desk(other, "ab").publish("more");
      const heads = await Promise.all(slugs.map((slug) => headOf(other, slug)));
      assert.deepEqual(
        heads.map(({ seq }) => seq),
        [2, 3, 2],
      );
      assert.equal(new Set(heads.map(({ epoch }) => epoch)).size, 3);
    });

    test("text arrives as it was written", async (t) => {
      const { stores } = await open(t);
      const { stores: other } = await open(t);
      const desk = await newStory(stores, "a", { headline: `${UNICODE}\u0000.` });
      const { id } = await desk.publish(UNICODE);
      await other.archives.importStory(await exported(stores));
      const { story, entries } = await load(other);
      assert.deepEqual([story.headline, entries[0]?.html], [`${UNICODE}\u0000.`, `<p>${UNICODE}</p>`]);
      assert.equal((await other.records.revisions("a", id))[0]?.content?.markdown, UNICODE);
    });

    test("a story of 1,200 entries arrives whole", async (t) => {
      const { stores } = await open(t);
      const { stores: other } = await open(t);
      const desk = await newStory(stores, "a");
      for (let n = 0; n < 1_200; n += 50) {
        await desk.commit(
          Array.from({ length: 50 }, (_, m) => entryWrite(uuidv7(), `${n + m} ${"text ".repeat(100)}`)),
        );
      }
      await other.archives.importStory(await exported(stores));
      const before = await load(stores);
      const after = await load(other);
      assert.equal(after.total, 1_200);
      assert.deepEqual(after.entries, before.entries);
      assert.equal((await new Desk(other, "a").publish("one more")).head.seq, 1_202);
    });
  });
}

/** A bit of everything that can happen to a story. */
async function eventfulStory(stores: Stores) {
  const topics = [{ slug: "us", name: "US" }];
  const desk = await newStory(stores, "a", { topics, allowedOrigins: ["https://partner.example"] });
  const { id: plain } = await desk.publish("plain", { headline: "Head", markdown: "*plain*" });
  const { id: revised } = await desk.publish("first");
  const { id: imported } = await desk.publish("past", { publishedAt: "2026-03-01T12:00:00.000Z" });
  const { id: retracted } = await desk.publish("retracted");
  await desk.commit([entryWrite(revised, "second")], { by: { id: "key-2", name: "Night desk" } });
  await desk.commit([backgroundWrite("before")]);
  await desk.revise(revised, "third");
  await desk.patch({ headline: "Later", pinnedEntryId: plain, allowedOrigins: ["https://partner.example"], topics });
  await desk.retract(retracted);
  await stores.records.eraseRevision("a", revised, 2);
  return { ids: { plain, revised, imported, retracted } };
}

/** All that can be had of the story but its history. */
async function everything(stores: Stores, ids: Record<string, string>) {
  const { timelines, records } = stores;
  const { head, tags: _tags, recent: _recent, ...loaded } = await load(stores);
  const record = await records.read("a", { items: ["story", "background", ...Object.values(ids)] });
  assert.ok(record && record !== "removed");
  return {
    ...{ seq: head.seq, loaded, items: record.items },
    page: await timelines.page("a", { below: { publishedAt: "2999-01-01T00:00:00.000Z", firstSeq: 1 } }, 2),
    revisions: await Promise.all(Object.values(ids).map((id) => records.revisions("a", id))),
  };
}

async function load(stores: Stores) {
  const loaded = await stores.timelines.load("a", 10_000);
  assert.ok(loaded && loaded !== "removed");
  return loaded;
}

async function exported(stores: Stores, slug = "a"): Promise<StoryArchive> {
  const archive = await stores.archives.exportStory(slug);
  assert.ok(archive);
  return archive;
}
