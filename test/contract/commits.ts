import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import { StoreUnavailable } from "../../src/store/timeline-store.ts";
import {
  backgroundWrite,
  commitOf,
  Desk,
  entryWrite,
  headOf,
  newStory,
  outcomeOf,
  seqOf,
  storyWrite,
} from "../support/store-desk.ts";
import type { OpenEngine } from "./harness.ts";

/** All or nothing. */
export function commitContract(open: OpenEngine): void {
  describe("commits", () => {
    test("[S1] a commit with a failing guard does none of its writes and may be tried again", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const before = await stores.timelines.load("a", 10);
      const writes = [entryWrite(uuidv7(), "one"), backgroundWrite("two"), storyWrite("a", { headline: "three" })];
      const idempotency = { key: "k", bodyHash: "h", ids: [] };
      const commit = commitOf(writes, {
        guards: [
          { item: "story", seq: 1 },
          { item: "background", seq: 7 },
        ],
        idempotency,
      });

      assert.deepEqual(await stores.timelines.commit("a", commit), { outcome: "conflict" });

      assert.deepEqual(await stores.timelines.load("a", 10), before);
      const record = await stores.records.read("a", { items: [], idempotency: { holderId: commit.by.id, key: "k" } });
      assert.ok(record && record !== "removed" && record.remembered === null);
      const { head } = await desk.commit(writes, { ...commit, guards: [{ item: "background", seq: 0 }] });
      assert.equal(head.seq, 4);
    });

    test("[S1] the writes of one commit have consecutive seqs, in their order, and one time", async (t) => {
      const { stores } = await open(t);
      const id = uuidv7();
      const { head, changes } = await new Desk(stores, "a").commit([
        storyWrite("a"),
        entryWrite(id, "one"),
        backgroundWrite("two"),
      ]);
      assert.equal(head.seq, 3);
      assert.deepEqual(
        changes.map(({ seq, kind }) => [seq, kind]),
        [
          [1, "story"],
          [2, "entry"],
          [3, "background"],
        ],
      );
      assert.equal(new Set(changes.map(({ at }) => at)).size, 1);
    });

    test("[S1] a guard of 0 holds for an item that is not there, and a tombstone is there", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { id } = await desk.publish("one");
      assert.equal(await outcomeOf(stores, "a", { guards: [{ item: uuidv7(), seq: 0 }] }), "done");
      assert.equal(await outcomeOf(stores, "a", { guards: [{ item: id, seq: 0 }] }), "conflict");
      await desk.retract(id);
      assert.equal(await outcomeOf(stores, "a", { guards: [{ item: id, seq: 0 }] }), "conflict");
      assert.equal(await outcomeOf(stores, "a", { guards: [{ item: id, seq: await seqOf(stores, "a", id) }] }), "done");
    });

    test("[S1] guards name items, so that parallel publishes do not conflict", async (t) => {
      const { stores, peer } = await open(t);
      await newStory(stores, "a");
      const results = await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          (n % 2 ? peer : stores).timelines.commit(
            "a",
            commitOf([entryWrite(uuidv7(), `entry ${n}`)], { guards: [{ item: "story", seq: 1 }] }),
          ),
        ),
      );
      const seqs = results.map((result) => (result.outcome === "done" ? result.head.seq : result.outcome));
      assert.deepEqual(
        seqs.sort((x, y) => Number(x) - Number(y)),
        Array.from({ length: 40 }, (_, n) => n + 2),
      );
    });

    test("[S1] of commits that were decided on the same state of an item, one is carried out", async (t) => {
      const { stores, peer } = await open(t);
      const { id } = await (await newStory(stores, "a")).publish("one");
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          (n % 2 ? peer : stores).timelines.commit(
            "a",
            commitOf([entryWrite(id, `by ${n}`)], { guards: [{ item: id, seq: 2 }] }),
          ),
        ),
      );
      const outcomes = results.map((result) => result.outcome).sort();
      assert.deepEqual(outcomes, [...Array(9).fill("conflict"), "done"]);
      assert.equal((await headOf(stores, "a")).seq, 3);
    });

    test("[S1] a story starts with its own fields, and nothing is written to one that is not there", async (t) => {
      const { stores } = await open(t);
      for (const write of [entryWrite(uuidv7(), "one"), backgroundWrite("two"), { kind: "removal" } as const]) {
        assert.equal(await outcomeOf(stores, "a", { writes: [write] }), "conflict");
      }
      assert.equal(await outcomeOf(stores, "a", { writes: [] }), "conflict");
      assert.equal(await stores.timelines.load("a", 10), null);
    });

    test("[S1] a removed story conflicts with every commit, also with one that expects nothing there", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      await desk.remove();
      const writes = [storyWrite("a")];
      assert.equal(await outcomeOf(stores, "a", { writes, guards: [{ item: "story", seq: 0 }] }), "conflict");
      assert.equal(await outcomeOf(stores, "a", { writes }), "conflict");
      assert.equal(await outcomeOf(stores, "a", { writes: [entryWrite(uuidv7(), "one")] }), "conflict");
      assert.equal(await outcomeOf(stores, "a", { writes: [{ kind: "removal" }] }), "conflict");
      assert.equal(await stores.timelines.load("a", 10), "removed");
    });

    test("[S1] what was retracted cannot be retracted, revised or published again", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { id } = await desk.publish("one");
      await desk.retract(id);
      const before = await stores.timelines.load("a", 10);
      for (const write of [{ kind: "retraction", id } as const, entryWrite(id, "again")]) {
        assert.equal(await outcomeOf(stores, "a", { writes: [backgroundWrite("first"), write] }), "conflict");
      }
      assert.equal(await outcomeOf(stores, "a", { writes: [{ kind: "retraction", id: uuidv7() }] }), "conflict");
      assert.deepEqual(await stores.timelines.load("a", 10), before);
    });

    test("[S1] an item that one commit touches twice is told once, in its last form", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const id = uuidv7();
      const { head, changes } = await desk.commit([entryWrite(id, "one"), { kind: "retraction", id }]);
      assert.equal(head.seq, 3);
      assert.deepEqual(
        changes.map(({ seq, kind }) => [seq, kind]),
        [[3, "retraction"]],
      );
    });

    test("[S5] a commit that is taken up after its deadline does nothing", async (t) => {
      const { stores } = await open(t);
      await newStory(stores, "a");
      const late = commitOf([entryWrite(uuidv7(), "late")], { expiresAt: Date.now() - 1 });
      await assert.rejects(stores.timelines.commit("a", late), StoreUnavailable);
      assert.equal((await headOf(stores, "a")).seq, 1);
      assert.equal(await outcomeOf(stores, "a", { ...late, expiresAt: Date.now() + 60_000 }), "done");
    });
  });
}
