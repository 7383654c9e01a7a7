import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import type { Stores } from "../../src/store/stores.ts";
import type { LoadedStory } from "../../src/store/timeline-store.ts";
import { backgroundWrite, entryWrite, HOLDER, headOf, newStory } from "../support/store-desk.ts";
import type { OpenEngine } from "./harness.ts";

/** What feeds and editors read. */
export function readContract(open: OpenEngine): void {
  describe("reads", () => {
    test("what is not there is null, and what was removed is known as removed", async (t) => {
      const { stores } = await open(t);
      await (await newStory(stores, "gone")).remove();
      assert.equal(await stores.timelines.load("never", 10), null);
      assert.equal(await stores.records.read("never", { items: ["story"] }), null);
      assert.deepEqual(await stores.records.revisions("never", uuidv7()), []);
      assert.equal(await stores.timelines.load("gone", 10), "removed");
      assert.equal(await stores.records.read("gone", { items: ["story"] }), "removed");
      for (const slug of ["never", "gone"]) {
        const page = await stores.timelines.page(
          slug,
          { below: { publishedAt: "2999-01-01T00:00:00.000Z", firstSeq: 1 } },
          10,
        );
        assert.deepEqual(page.entries, []);
        assert.equal(page.more, false);
      }
    });

    test("load shows the newest entries, newest first, and counts all that are not retracted", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const sameTime = { publishedAt: "2026-03-01T12:00:00.000Z" };
      for (const text of ["1", "2", "3"]) await desk.publish(text, sameTime);
      await desk.publish("0", { publishedAt: "2026-03-01T11:59:59.999Z" });
      await desk.publish("4", { publishedAt: "2026-03-01T12:00:00.001Z" });
      const { id } = await desk.publish("retracted");
      await desk.retract(id);
      const loaded = await load(stores, 3);
      assert.deepEqual(textsOf(loaded.entries), ["4", "3", "2"]);
      assert.equal(loaded.total, 5);
      assert.deepEqual(textsOf((await load(stores, 10)).entries), ["4", "3", "2", "1", "0"]);
    });

    test("load tells the fields, the background, who may read, and the head", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a", { status: "draft", allowedOrigins: ["https://partner.example"] });
      const empty = await load(stores, 10);
      assert.deepEqual(empty.access, { status: "draft", allowedOrigins: ["https://partner.example"] });
      assert.deepEqual([empty.background, empty.backgroundChange.seq, empty.total], [null, 0, 0]);
      const { changes, head } = await desk.commit([backgroundWrite("Before all this")]);
      const loaded = await load(stores, 10);
      assert.deepEqual(loaded.head, head);
      assert.deepEqual(loaded.background, { seq: 2, html: "<p>Before all this</p>" });
      assert.deepEqual(loaded.backgroundChange, { seq: 2, at: changes[0]?.at });
      assert.equal(loaded.story.headline, "Story a");
      assert.equal("allowedOrigins" in loaded.story || "markdown" in loaded.story, false);
    });

    test("[S4] load names the tags of the last commits, as many as are kept", async (t) => {
      const { stores } = await open(t, { keepCommits: 3 });
      const desk = await newStory(stores, "a");
      const tags = [{ seq: 1, tag: (await headOf(stores, "a")).tag }];
      for (const text of ["1", "2", "3"]) {
        const { head } = await desk.commit([entryWrite(uuidv7(), text), entryWrite(uuidv7(), `${text}b`)]);
        tags.push({ seq: head.seq, tag: head.tag });
        assert.deepEqual((await load(stores, 10)).tags, tags.slice(-3));
      }
    });

    test("[S4] load brings what was touched since the first tag and stands below the window, and no more", async (t) => {
      const { stores } = await open(t, { keepCommits: 4 });
      const desk = await newStory(stores, "a");
      const untouched = await desk.publish("untouched");
      const retractedBefore = await desk.publish("retracted before");
      await desk.retract(retractedBefore.id);
      const below = await desk.publish("below");
      const retracted = await desk.publish("retracted");
      // From here on the tags are kept: that of the last publish is the first of them.
      await desk.revise(below.id, "below, revised");
      await desk.retract(retracted.id);
      const shown = await desk.publish("shown");
      const loaded = await load(stores, 1);
      assert.equal(loaded.tags[0]?.seq, retracted.head.seq);
      assert.deepEqual(
        loaded.entries.map(({ id }) => id),
        [shown.id],
      );
      assert.deepEqual(
        loaded.recent.map((change) => [change.kind, change.seq]),
        [
          ["entry", retracted.head.seq + 1],
          ["retraction", retracted.head.seq + 2],
        ],
      );
      assert.equal(JSON.stringify(loaded).includes(untouched.id), false);
    });

    test("pages lead from the window to the first entry without hole or overlap", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const sameTime = { publishedAt: "2026-03-01T12:00:00.000Z" };
      for (let n = 0; n < 9; n += 1) await desk.publish(String(n), n < 5 ? sameTime : {});
      const { id } = await desk.publish("retracted", sameTime);
      const { head } = await desk.retract(id);
      const seen = (await load(stores, 2)).entries;
      for (let more = true; more; ) {
        const last = seen.at(-1);
        assert.ok(last);
        const page = await stores.timelines.page("a", { below: last }, 3);
        assert.equal(page.seq, head.seq);
        assert.ok(page.entries.length === 3 || !page.more);
        seen.push(...page.entries);
        ({ more } = page);
      }
      assert.deepEqual(textsOf(seen), ["8", "7", "6", "5", "4", "3", "2", "1", "0"]);
    });

    test("pages lead back up the way they led down", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      await newStory(stores, "ab");
      const sameTime = { publishedAt: "2026-03-01T12:00:00.000Z" };
      for (let n = 0; n < 9; n += 1) await desk.publish(String(n), n < 5 ? sameTime : {});
      const [oldest] = (await load(stores, 10)).entries.slice(-1);
      assert.ok(oldest);
      const near = await stores.timelines.page("a", { above: oldest }, 3);
      assert.deepEqual([textsOf(near.entries), near.more], [["3", "2", "1"], true]);
      const [edge] = near.entries;
      assert.ok(edge);
      const far = await stores.timelines.page("a", { above: edge }, 5);
      assert.deepEqual([textsOf(far.entries), far.more], [["8", "7", "6", "5", "4"], false]);
      const [newest] = far.entries;
      assert.ok(newest);
      assert.deepEqual((await stores.timelines.page("a", { above: newest }, 5)).entries, []);
    });

    test("a page that ends with the last entry says so", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      for (const text of ["0", "1", "2", "3"]) await desk.publish(text);
      const [newest] = (await load(stores, 1)).entries;
      assert.ok(newest);
      const exact = await stores.timelines.page("a", { below: newest }, 3);
      assert.deepEqual([textsOf(exact.entries), exact.more], [["2", "1", "0"], false]);
      const short = await stores.timelines.page("a", { below: newest }, 2);
      assert.deepEqual([textsOf(short.entries), short.more], [["2", "1"], true]);
    });

    test("a record holds the wanted items with what only editors see", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a", { allowedOrigins: ["https://partner.example"] });
      await desk.commit([backgroundWrite("before")]);
      const entry = await desk.publish("one", { markdown: "*one*" });
      const gone = await desk.publish("gone");
      await desk.retract(gone.id);
      const want = { items: ["story", "background", entry.id, gone.id, uuidv7()] };
      const record = await stores.records.read("a", want);
      assert.ok(record && record !== "removed");
      assert.deepEqual(record.head, await headOf(stores, "a"));
      const [story, background, published, retraction] = record.items;
      assert.equal(record.items.length, 4);
      assert.ok(story?.kind === "story" && story.seq === 1);
      assert.deepEqual(story.allowedOrigins, ["https://partner.example"]);
      assert.ok(background?.kind === "background" && background.markdown === "before");
      assert.ok(published?.kind === "entry" && published.markdown === "*one*");
      assert.ok(retraction?.kind === "retraction" && retraction.tombstone.id === gone.id);
      const { seq, firstSeq } = retraction.tombstone;
      assert.deepEqual([seq, firstSeq, retraction.seq], [5, 4, 5]);
    });

    test("revisions tell who did what when, newest first, and what the entry said then", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { id } = await desk.publish("one", { markdown: "*one*", headline: "First" });
      const second = { id: "key-2", name: "Night desk" };
      const { changes } = await desk.commit([entryWrite(id, "two")], { by: second });
      const revisions = await stores.records.revisions("a", id);
      assert.deepEqual(
        revisions.map(({ revision, action, by }) => [revision, action, by]),
        [
          [2, "revise", second],
          [1, "publish", HOLDER],
        ],
      );
      assert.equal(revisions[0]?.at, changes[0]?.at);
      const first = revisions[1]?.content;
      assert.deepEqual([first?.html, first?.markdown, first?.headline], ["<p>one</p>", "*one*", "First"]);
      assert.deepEqual(await stores.records.revisions("a", uuidv7()), []);
    });

    test("text comes back as it was written", async (t) => {
      const { stores } = await open(t);
      const headline = "ünïcode 🌍 ' \" \\ \u2028 \u0000";
      await newStory(stores, "a", { headline });
      assert.equal((await load(stores, 1)).story.headline, headline);
    });
  });
}

async function load(stores: Stores, limit: number): Promise<LoadedStory> {
  const loaded = await stores.timelines.load("a", limit);
  assert.ok(loaded && loaded !== "removed");
  return loaded;
}

function textsOf(entries: readonly { html: string }[]): string[] {
  return entries.map(({ html }) => html.replace(/<\/?p>/g, ""));
}
