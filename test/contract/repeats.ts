import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import type { Announcement } from "../../src/store/announcements.ts";
import type { Stores } from "../../src/store/stores.ts";
import type { Commit } from "../../src/store/timeline-store.ts";
import { commitOf, entryWrite, HOLDER, headOf, newStory, storyWrite } from "../support/store-desk.ts";
import type { OpenEngine } from "./harness.ts";

/** Doing something again that may have been done. */
export function repeatContract(open: OpenEngine): void {
  describe("repeats", () => {
    test("[S5] a tag that was committed yields its first result, whatever happened since", async (t) => {
      const { stores, peer } = await open(t);
      const desk = await newStory(stores, "a");
      const announcements: Announcement[] = [];
      const commit = commitOf([entryWrite(uuidv7(), "one"), entryWrite(uuidv7(), "two")], {
        guards: [{ item: "story", seq: 1 }],
      });
      const first = await stores.timelines.commit("a", commit);
      await desk.patch({ status: "ended" });
      await stores.announcements.subscribe("a", {
        announced: (announcement) => announcements.push(announcement),
        interrupted: () => assert.fail(),
      });
      for (const again of [commit, { ...commit, expiresAt: Date.now() - 1 }]) {
        for (const client of [stores, peer]) assert.deepEqual(await client.timelines.commit("a", again), first);
      }
      assert.equal((await headOf(stores, "a")).seq, 4);
      await stores.announcements.probe();
      assert.deepEqual(announcements, []);
    });

    test("[S5] [S6] a repeated tag tells the present form of what it wrote", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const id = uuidv7();
      const commit = commitOf([entryWrite(id, "a secret")]);
      const first = await stores.timelines.commit("a", commit);
      const { changes } = await desk.retract(id);
      const again = await stores.timelines.commit("a", commit);
      assert.ok(first.outcome === "done" && again.outcome === "done");
      assert.deepEqual(again.head, first.head);
      assert.deepEqual(again.changes, changes);
    });

    test("[S5] the tags of a creation, of a commit without writes and of a removal are known, too", async (t) => {
      const { stores } = await open(t);
      const creation = commitOf([storyWrite("a")], { guards: [{ item: "story", seq: 0 }] });
      const nothing = commitOf([], { idempotency: { key: "k", bodyHash: "h", ids: [] } });
      const removal = commitOf([{ kind: "removal" }], { guards: [{ item: "story", seq: 1 }] });
      for (const commit of [creation, nothing, removal]) {
        const first = await stores.timelines.commit("a", commit);
        assert.equal(first.outcome, "done");
        assert.deepEqual(await stores.timelines.commit("a", commit), first);
      }
    });

    test("[S5] 50 parallel repeats of an idempotency key make one entry", async (t) => {
      const { stores, peer } = await open(t);
      await newStory(stores, "a");
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, n) => (n % 2 ? peer : stores).timelines.commit("a", publication("one"))),
      );
      const done = results.filter((result) => result.outcome === "done");
      assert.equal(done.length, 1);
      const loaded = await stores.timelines.load("a", 100);
      assert.ok(loaded && loaded !== "removed");
      assert.deepEqual([loaded.entries.length, loaded.head.seq], [1, 2]);
      const remembered = { bodyHash: "body", ids: [loaded.entries[0]?.id], head: loaded.head };
      for (const result of results) {
        if (result.outcome !== "done") assert.deepEqual(result, { outcome: "repeat", remembered });
      }
    });

    test("[S5] another body under the same key is told by its hash, and changes nothing", async (t) => {
      const { stores } = await open(t);
      await newStory(stores, "a");
      const first = publication("one");
      await stores.timelines.commit("a", first);
      const head = await headOf(stores, "a");
      const remembered = { bodyHash: "body", ids: first.idempotency?.ids, head };
      const other = publication("another");
      const idempotency = { key: "key", ids: [], bodyHash: "another body" };
      assert.deepEqual(await stores.timelines.commit("a", { ...other, idempotency }), {
        outcome: "repeat",
        remembered,
      });
      const record = await stores.records.read("a", {
        items: [],
        idempotency: { holderId: HOLDER.id, key: "key" },
      });
      assert.ok(record && record !== "removed");
      assert.deepEqual([record.remembered, record.head], [remembered, head]);
    });

    test("[S5] a repeat is answered before guards and deadline are looked at", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      await stores.timelines.commit("a", publication("one"));
      await desk.patch({ status: "ended" });
      const late = { ...publication("one"), guards: [{ item: "story", seq: 1 }], expiresAt: Date.now() - 1 };
      assert.equal((await stores.timelines.commit("a", late)).outcome, "repeat");
    });

    test("[S5] a key is its holder's and its story's own", async (t) => {
      const { stores } = await open(t);
      await newStory(stores, "a");
      await newStory(stores, "a-b");
      const other = { id: "key-2", name: HOLDER.name };
      assert.equal((await stores.timelines.commit("a", publication("one"))).outcome, "done");
      assert.equal((await stores.timelines.commit("a", { ...publication("two"), by: other })).outcome, "done");
      assert.equal((await stores.timelines.commit("a-b", publication("three"))).outcome, "done");
      assert.equal(await remembers(stores, "a", "key-3"), false);
      assert.equal(await remembers(stores, "a", other.id), true);
    });

    test("[S5] what was refused is not remembered", async (t) => {
      const { stores } = await open(t);
      await newStory(stores, "a");
      const refused = { ...publication("one"), guards: [{ item: "story", seq: 9 }] };
      assert.equal((await stores.timelines.commit("a", refused)).outcome, "conflict");
      assert.equal(await remembers(stores, "a", HOLDER.id), false);
      assert.equal((await stores.timelines.commit("a", publication("one"))).outcome, "done");
    });

    test("[S5] a key is forgotten after its window, and not before", async (t) => {
      const short = await open(t, { idempotencyWindowMs: 1 });
      const long = await open(t, { idempotencyWindowMs: 60_000 });
      for (const { stores } of [short, long]) {
        await newStory(stores, "a");
        await stores.timelines.commit("a", publication("one"));
      }
      while (await remembers(short.stores, "a", HOLDER.id));
      assert.equal((await short.stores.timelines.commit("a", publication("two"))).outcome, "done");
      assert.equal((await long.stores.timelines.commit("a", publication("two"))).outcome, "repeat");
    });
  });
}

/** A publication of a new entry under always the same idempotency key. */
function publication(text: string): Commit {
  const id = uuidv7();
  return commitOf([entryWrite(id, text)], { idempotency: { key: "key", bodyHash: "body", ids: [id] } });
}

async function remembers(stores: Stores, slug: string, holderId: string): Promise<boolean> {
  const record = await stores.records.read(slug, { items: [], idempotency: { holderId, key: "key" } });
  return record !== null && record !== "removed" && record.remembered !== null;
}
