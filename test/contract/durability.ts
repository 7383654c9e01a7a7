import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import type { Stores } from "../../src/store/stores.ts";
import { backgroundWrite, commitOf, Desk, entryWrite, HOLDER, headOf, newStory } from "../support/store-desk.ts";
import type { DurableHarness, OpenEngine } from "./harness.ts";

/** Of engines whose data outlives them. */
export function durabilityContract(open: OpenEngine<DurableHarness>): void {
  describe("durability", () => {
    test("[S3] everything that was acknowledged is there after the store was opened again", async (t) => {
      const { stores, reopen } = await open(t);
      const desk = await newStory(stores, "a", {
        topics: [{ slug: "us", name: "US" }],
        allowedOrigins: ["https://x.example"],
      });
      await (await newStory(stores, "gone")).remove();
      const { id } = await desk.publish("one");
      const retracted = await desk.publish("two");
      await desk.revise(id, "three");
      await desk.retract(retracted.id);
      await desk.commit([backgroundWrite("before")], { idempotency: { key: "key", bodyHash: "hash", ids: [id] } });
      const key = {
        id: "k",
        name: "K",
        sha256: "0",
        role: "admin",
        stories: null,
        createdAt: "",
        revokedAt: null,
      } as const;
      await stores.keys.addKey(key);
      await stores.keys.signingSecret();
      const before = await everything(stores, id);

      const reopened = await reopen();

      assert.deepEqual(await everything(reopened, id), before);
      assert.equal((await new Desk(reopened, "a").publish("four")).head.seq, 7);
    });

    test("[S5] a tag and an idempotency key are known after the store was opened again", async (t) => {
      const { stores, reopen } = await open(t);
      await newStory(stores, "a");
      const commit = commitOf([entryWrite(uuidv7(), "one")], { idempotency: { key: "key", bodyHash: "h", ids: [] } });
      const first = await stores.timelines.commit("a", commit);
      const reopened = await reopen();
      assert.deepEqual(await reopened.timelines.commit("a", commit), first);
      const again = await reopened.timelines.commit("a", { ...commit, tag: "another" });
      assert.equal(again.outcome, "repeat");
    });

    test("[S7] in a history that went back, a position of what was lost cannot be resumed at the same seq", async (t) => {
      const { stores, snapshotData } = await open(t);
      const desk = await newStory(stores, "a");
      const kept = await desk.publish("kept");
      const restore = await snapshotData();
      const lost = await desk.publish("lost");

      const restored = await restore();

      assert.deepEqual(await headOf(restored, "a"), kept.head);
      assert.equal(await restored.timelines.changesSince("a", lost.head), "reset");
      const other = await new Desk(restored, "a").publish("another");
      assert.deepEqual([other.head.epoch, other.head.seq], [lost.head.epoch, lost.head.seq]);
      assert.equal(await restored.timelines.changesSince("a", lost.head), "reset");
      const changes = await restored.timelines.changesSince("a", kept.head);
      assert.ok(changes !== "reset" && changes.changes.length === 1);
    });
  });
}

async function everything({ timelines, records, catalogue, keys }: Stores, id: string) {
  const want = { items: ["story", "background", id], idempotency: { holderId: HOLDER.id, key: "key" } };
  const record = await records.read("a", want);
  assert.ok(record && record !== "removed" && record.remembered);
  return [
    record,
    await timelines.load("a", 10),
    await timelines.load("gone", 10),
    await records.revisions("a", id),
    await catalogue.list({ statuses: ["live"], topic: "us", limit: 10 }),
    await keys.listKeys(),
    await keys.signingSecret(),
  ];
}
