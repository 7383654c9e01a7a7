import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Position } from "../../src/protocol/position.ts";
import type { Stores } from "../../src/store/stores.ts";
import type { StoredChanges } from "../../src/store/timeline-store.ts";
import { backgroundWrite, commitOf, entryWrite, headOf, newStory, textOf } from "../support/store-desk.ts";
import { StoryModel, storyEdits } from "../support/store-model.ts";
import type { OpenEngine } from "./harness.ts";

/** What brings those back who were away, and how a history that is not theirs is told. */
export function resumingContract(open: OpenEngine): void {
  describe("resuming", () => {
    test("[S4] a position of another epoch, ahead of the head or with another tag cannot be resumed", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { head: position } = await desk.publish("one");
      await desk.publish("two");
      assert.notEqual(await stores.timelines.changesSince("a", position), "reset");
      const strangers: Position[] = [
        { ...position, epoch: "another" },
        { ...position, tag: "another" },
        { ...position, seq: position.seq - 1 },
        { ...position, seq: position.seq + 1 },
        { ...position, seq: 99 },
      ];
      for (const stranger of strangers) {
        assert.equal(await stores.timelines.changesSince("a", stranger), "reset", JSON.stringify(stranger));
      }
    });

    test("[S4] no position of a story that is not there, or of another one, can be resumed", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const other = await newStory(stores, "ab");
      const position = await headOf(stores, "a");
      assert.equal(await stores.timelines.changesSince("a-b", position), "reset");
      assert.equal(await stores.timelines.changesSince("ab", position), "reset");
      assert.equal(await stores.timelines.changesSince("a", await headOf(stores, other.slug)), "reset");
      await desk.remove();
      assert.equal(await stores.timelines.changesSince("a", position), "reset");
    });

    test("[S4] from the head there is nothing to bring", async (t) => {
      const { stores } = await open(t);
      await newStory(stores, "a", { status: "paused", allowedOrigins: ["https://partner.example"] });
      const head = await headOf(stores, "a");
      assert.deepEqual(await stores.timelines.changesSince("a", head), {
        ...{ from: 1, head, changes: [], tags: [] },
        access: { status: "paused", allowedOrigins: ["https://partner.example"] },
      });
    });

    test("[S4] each item comes once, in its latest form, ascending by seq, with the tags in between", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const revised = await desk.publish("revised 1");
      const retracted = await desk.publish("retracted");
      const position = await headOf(stores, "a");
      await desk.commit([backgroundWrite("there")]);
      const tags = [await headOf(stores, "a")];
      for (const text of ["revised 2", "revised 3", "revised 4"]) tags.push((await desk.revise(revised.id, text)).head);
      tags.push((await desk.retract(retracted.id)).head);
      const added = await desk.publish("added");
      tags.push(added.head, (await desk.commit([backgroundWrite(null)])).head);

      const missed = await changesSince(stores, position);

      assert.deepEqual([missed.from, missed.head], [position.seq, await headOf(stores, "a")]);
      assert.deepEqual(
        missed.changes.map(({ kind, seq }) => [kind, seq]),
        [
          ["entry", 7],
          ["retraction", 8],
          ["entry", 9],
          ["background", 10],
        ],
      );
      const [change, retraction, , background] = missed.changes;
      assert.equal(textOf(change), "<p>revised 4</p>");
      assert.ok(retraction?.kind === "retraction" && retraction.tombstone.id === retracted.id);
      assert.ok(background?.kind === "background" && background.background === null);
      assert.deepEqual(
        missed.tags,
        tags.map(({ seq, tag }) => ({ seq, tag })),
      );
    });

    test("[S4] a position within a commit was never handed out", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { head } = await desk.commit([backgroundWrite("one"), entryWrite("e", "two")]);
      assert.equal(await stores.timelines.changesSince("a", { ...head, seq: head.seq - 1 }), "reset");
    });

    test("[S4] as many commits can be resumed from as are kept, and not one more", async (t) => {
      const { stores } = await open(t, { keepCommits: 4 });
      const desk = await newStory(stores, "a");
      const positions: Position[] = [];
      for (let n = 0; n < 8; n += 1) positions.push((await desk.publish(String(n))).head);
      // What only remembers is no point of the history and takes no place in it.
      await desk.commit([], { idempotency: { key: "k", bodyHash: "h", ids: [] } });
      const answers = await Promise.all(positions.map((position) => stores.timelines.changesSince("a", position)));
      assert.deepEqual(
        answers.map((answer) => (answer === "reset" ? answer : answer.changes.length)),
        [...Array(4).fill("reset"), 3, 2, 1, 0],
      );
    });

    test("[S4] from every position, whatever happened since, one gets exactly what one lacks", async (t) => {
      const keepCommits = 5;
      const { stores } = await open(t, { keepCommits });
      let stories = 0;
      await fc.assert(
        fc.asyncProperty(storyEdits, async (edits) => {
          stories += 1;
          const model = new StoryModel(await newStory(stores, `story-${stories}`));
          for (const edit of edits) await model.carryOut(edit);
          const { slug, positions } = model;
          for (const [index, position] of positions.entries()) {
            const answer = await stores.timelines.changesSince(slug, position);
            const kept = index >= positions.length - keepCommits;
            assert.deepEqual(answer === "reset" ? answer : answer.changes, kept ? model.since(position.seq) : "reset");
          }
          const loaded = await stores.timelines.load(slug, 3);
          assert.ok(loaded && loaded !== "removed");
          assert.deepEqual(loaded.entries, model.entries().slice(0, 3));
          assert.equal(loaded.total, model.entries().length);
        }),
        { numRuns: 30 },
      );
    });

    test("[S7] a renewed epoch keeps the seq, and no position from before can be resumed", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const before = await desk.publish("one");
      const { epoch, seq, tag } = await headOf(stores, "a");

      const head = await stores.timelines.renewEpoch("a", epoch);

      assert.ok(head);
      assert.deepEqual(head, await headOf(stores, "a"));
      assert.equal(head.seq, seq);
      assert.ok(head.epoch !== epoch && head.tag !== tag);
      for (const position of [before.head, { ...before.head, epoch: head.epoch }, { ...head, epoch }]) {
        assert.equal(await stores.timelines.changesSince("a", position), "reset");
      }
      const loaded = await stores.timelines.load("a", 10);
      assert.ok(loaded && loaded !== "removed");
      assert.deepEqual(loaded.tags, [{ seq, tag: head.tag }]);
      const next = await desk.publish("two");
      assert.deepEqual([next.head.epoch, next.head.seq], [head.epoch, seq + 1]);
      assert.equal((await changesSince(stores, head)).changes.length, 1);
    });

    test("[S7] an epoch is renewed once, however many notice at the same time", async (t) => {
      const { stores, peer } = await open(t);
      await newStory(stores, "a");
      const { epoch } = await headOf(stores, "a");
      const heads = await Promise.all(
        Array.from({ length: 10 }, (_, n) => (n % 2 ? peer : stores).timelines.renewEpoch("a", epoch)),
      );
      for (const head of heads) assert.deepEqual(head, await headOf(stores, "a"));
      assert.equal(await stores.timelines.renewEpoch("never", epoch), null);
    });

    test("[S7] a removed story has no epoch to renew", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { epoch } = await headOf(stores, "a");
      await desk.remove();
      assert.equal(await stores.timelines.renewEpoch("a", epoch), null);
    });

    test("[S5] a commit that is tried again after the epoch was renewed is not done twice", async (t) => {
      const { stores } = await open(t);
      await newStory(stores, "a");
      const commit = commitOf([entryWrite("e", "one")]);
      const first = await stores.timelines.commit("a", commit);
      await stores.timelines.renewEpoch("a", (await headOf(stores, "a")).epoch);
      assert.deepEqual(await stores.timelines.commit("a", commit), first);
      assert.equal((await headOf(stores, "a")).seq, 2);
    });
  });
}

async function changesSince(stores: Stores, position: Position): Promise<StoredChanges> {
  const answer = await stores.timelines.changesSince("a", position);
  assert.notEqual(answer, "reset");
  return answer as StoredChanges;
}
