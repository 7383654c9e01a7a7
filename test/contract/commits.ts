import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import type { Stores } from "../../src/store/stores.ts";
import { type Commit, StoreUnavailable } from "../../src/store/timeline-store.ts";
import {
  backgroundWrite,
  commitOf,
  Desk,
  entryWrite,
  headOf,
  newStory,
  seqOf,
  storyWrite,
} from "../support/store-desk.ts";
import type { OpenEngine } from "./harness.ts";

/** Committing: all or nothing, and one seq per change. */
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
      assert.equal(await outcome(stores, "a", { guards: [{ item: uuidv7(), seq: 0 }] }), "done");
      assert.equal(await outcome(stores, "a", { guards: [{ item: id, seq: 0 }] }), "conflict");
      await desk.retract(id);
      assert.equal(await outcome(stores, "a", { guards: [{ item: id, seq: 0 }] }), "conflict");
      assert.equal(await outcome(stores, "a", { guards: [{ item: id, seq: await seqOf(stores, "a", id) }] }), "done");
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
        assert.equal(await outcome(stores, "a", { writes: [write] }), "conflict");
      }
      assert.equal(await outcome(stores, "a", { writes: [] }), "conflict");
      assert.equal(await stores.timelines.load("a", 10), null);
    });

    test("[S1] a removed story conflicts with every commit, also with one that expects nothing there", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      await desk.remove();
      const writes = [storyWrite("a")];
      assert.equal(await outcome(stores, "a", { writes, guards: [{ item: "story", seq: 0 }] }), "conflict");
      assert.equal(await outcome(stores, "a", { writes }), "conflict");
      assert.equal(await outcome(stores, "a", { writes: [entryWrite(uuidv7(), "one")] }), "conflict");
      assert.equal(await outcome(stores, "a", { writes: [{ kind: "removal" }] }), "conflict");
      assert.equal(await stores.timelines.load("a", 10), "removed");
    });

    test("[S1] what was retracted cannot be retracted, revised or published again", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { id } = await desk.publish("one");
      await desk.retract(id);
      const before = await stores.timelines.load("a", 10);
      for (const write of [{ kind: "retraction", id } as const, entryWrite(id, "again")]) {
        assert.equal(await outcome(stores, "a", { writes: [backgroundWrite("first"), write] }), "conflict");
      }
      assert.equal(await outcome(stores, "a", { writes: [{ kind: "retraction", id: uuidv7() }] }), "conflict");
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
      assert.equal(await outcome(stores, "a", { ...late, expiresAt: Date.now() + 60_000 }), "done");
    });

    test("[S2] seq grows by exactly 1 per change and stories a, ab and a-b never mix", async (t) => {
      const { stores, peer } = await open(t);
      const slugs = ["a", "ab", "a-b"];
      await Promise.all(slugs.map((slug) => newStory(stores, slug)));
      const ids = Array.from({ length: 12 }, () => uuidv7());
      const tags = ids.map((_, n) => `tag-${n}`);
      await Promise.all(
        ids.flatMap((id, n) =>
          slugs.map((slug, index) => {
            const idempotency = { key: `key ${n}`, bodyHash: slug, ids: [id] };
            const more = { tag: tags[n] ?? "", idempotency };
            return new Desk(n % 2 ? peer : stores, slug).commit([entryWrite(id, `${slug} ${n} ${index}`)], more);
          }),
        ),
      );
      for (const slug of slugs) {
        const loaded = await stores.timelines.load(slug, 100);
        assert.ok(loaded && loaded !== "removed");
        assert.equal(loaded.head.seq, 13);
        assert.deepEqual(
          loaded.entries.map(({ seq }) => seq).sort((x, y) => x - y),
          ids.map((_, n) => n + 2),
        );
        for (const entry of loaded.entries) assert.match(entry.html, new RegExp(`^<p>${slug} `));
        assert.deepEqual(new Set(loaded.tags.slice(1).map(({ tag }) => tag)), new Set(tags));
      }
    });

    test("[S2] a revision keeps an entry's first seq and time of publication, and counts up", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { id } = await desk.publish("one");
      const first = await entryNow(stores, id);
      assert.deepEqual([first.seq, first.firstSeq, first.revision, first.updatedAt], [2, 2, 1, null]);
      await desk.publish("between");
      const { changes } = await desk.revise(id, "two");
      const second = await entryNow(stores, id);
      assert.deepEqual([second.seq, second.firstSeq, second.revision], [4, 2, 2]);
      assert.equal(second.publishedAt, first.publishedAt);
      assert.equal(second.updatedAt, changes[0]?.at);
      assert.equal(second.html, "<p>two</p>");
    });

    test("[S2] a story keeps its time of creation", async (t) => {
      const { stores } = await open(t);
      const desk = new Desk(stores, "a");
      const createdAt = (await desk.create()).changes[0]?.at;
      let updatedAt = createdAt;
      while (updatedAt === createdAt) updatedAt = (await desk.patch({ headline: "Another" })).changes[0]?.at;
      const loaded = await stores.timelines.load("a", 1);
      assert.ok(loaded && loaded !== "removed");
      const { story, head } = loaded;
      assert.deepEqual([story.headline, story.createdAt, story.updatedAt], ["Another", createdAt, updatedAt]);
      assert.equal(story.seq, head.seq);
    });

    test("[S2] a background that was taken away keeps its place in the clock", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      await desk.commit([backgroundWrite("there")]);
      await desk.commit([backgroundWrite(null)]);
      const loaded = await stores.timelines.load("a", 1);
      assert.ok(loaded && loaded !== "removed");
      assert.equal(loaded.background, null);
      assert.equal(loaded.backgroundChange.seq, 3);
      assert.equal(await outcome(stores, "a", { guards: [{ item: "background", seq: 0 }] }), "conflict");
      assert.equal(await outcome(stores, "a", { guards: [{ item: "background", seq: 3 }] }), "done");
    });

    test("[S2] times are ISO with milliseconds and never run backwards", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const times: string[] = [];
      for (let n = 0; n < 20; n += 1) {
        const { changes } = await desk.commit([entryWrite(uuidv7(), `entry ${n}`)]);
        times.push(changes[0]?.at ?? "");
      }
      for (const time of times) assert.equal(new Date(time).toISOString(), time);
      assert.deepEqual([...times].sort(), times);
    });

    test("an imported entry stands where it was published, and a revision does not move it", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      await desk.publish("today");
      const publishedAt = "2019-07-20T20:17:40.000Z";
      const { id } = await desk.publish("then", { publishedAt });
      await desk.commit([entryWrite(id, "then, revised", { publishedAt: "2020-01-01T00:00:00.000Z" })]);
      const loaded = await stores.timelines.load("a", 10);
      assert.ok(loaded && loaded !== "removed");
      assert.deepEqual(
        loaded.entries.map(({ html }) => html),
        ["<p>today</p>", "<p>then, revised</p>"],
      );
      assert.equal(loaded.entries[1]?.publishedAt, publishedAt);
    });

    test("[S2] a commit without writes only remembers; the head stays", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const head = await headOf(stores, "a");
      const idempotency = { key: "k", bodyHash: "h", ids: ["x"] };
      assert.deepEqual(await desk.commit([], { idempotency }), { outcome: "done", head, changes: [] });
      assert.deepEqual(await headOf(stores, "a"), head);
      const again = await stores.timelines.commit("a", commitOf([], { idempotency }));
      assert.deepEqual(again, { outcome: "repeat", remembered: { bodyHash: "h", ids: ["x"], head } });
    });
  });
}

async function outcome(stores: Stores, slug: string, more: Partial<Commit>): Promise<string> {
  return (await stores.timelines.commit(slug, commitOf([], more))).outcome;
}

async function entryNow(stores: Stores, id: string) {
  const record = await stores.records.read("a", { items: [id] });
  assert.ok(record && record !== "removed");
  const [item] = record.items;
  assert.ok(item?.kind === "entry");
  return item.entry;
}
