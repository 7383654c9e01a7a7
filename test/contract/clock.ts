import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import type { Stores } from "../../src/store/stores.ts";
import { backgroundWrite, commitOf, Desk, entryWrite, headOf, newStory, outcomeOf } from "../support/store-desk.ts";
import type { OpenEngine } from "./harness.ts";

/** The clock of a story: its seqs and its times. */
export function clockContract(open: OpenEngine): void {
  describe("clock", () => {
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
      assert.equal(await outcomeOf(stores, "a", { guards: [{ item: "background", seq: 0 }] }), "conflict");
      assert.equal(await outcomeOf(stores, "a", { guards: [{ item: "background", seq: 3 }] }), "done");
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
      const later = { publishedAt: "2020-01-01T00:00:00.000Z" };
      const { changes } = await desk.commit([entryWrite(id, "then, revised", later)]);
      const loaded = await stores.timelines.load("a", 10);
      assert.ok(loaded && loaded !== "removed");
      assert.deepEqual(
        loaded.entries.map(({ html }) => html),
        ["<p>today</p>", "<p>then, revised</p>"],
      );
      assert.equal(loaded.entries[1]?.publishedAt, publishedAt);
      assert.deepEqual(changes[0]?.kind === "entry" && changes[0].entry, loaded.entries[1]);
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

async function entryNow(stores: Stores, id: string) {
  const record = await stores.records.read("a", { items: [id] });
  assert.ok(record && record !== "removed");
  const [item] = record.items;
  assert.ok(item?.kind === "entry");
  return item.entry;
}
