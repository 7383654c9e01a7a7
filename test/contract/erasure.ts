import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import type { Position } from "../../src/protocol/position.ts";
import type { Announcement } from "../../src/store/announcements.ts";
import type { Stores } from "../../src/store/stores.ts";
import type { Commit } from "../../src/store/timeline-store.ts";
import { backgroundWrite, commitOf, entryWrite, HOLDER, headOf, newStory } from "../support/store-desk.ts";
import type { OpenEngine } from "./harness.ts";

const SECRET = "withdrawn-words";

/** What was withdrawn is nowhere any more. */
export function erasureContract(open: OpenEngine): void {
  describe("erasure", () => {
    test("[S6] after a retraction nothing that is read, repeated or announced carries the content", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const announcements: Announcement[] = [];
      const id = uuidv7();
      const publication = commitOf([entryWrite(id, `${SECRET} 1`, { headline: SECRET })], {
        idempotency: { key: "key", bodyHash: "hash", ids: [id] },
      });
      const from = await headOf(stores, "a");
      await stores.timelines.commit("a", publication);
      const revision = commitOf([entryWrite(id, `${SECRET} 2`)]);
      await stores.timelines.commit("a", revision);
      await desk.publish("stays");
      const asked = { id, from, commits: [publication, revision] };
      assert.ok((await everythingRead(stores, asked)).split(SECRET).length > 6, "this search finds what is there");
      await stores.announcements.subscribe("a", {
        announced: (announcement) => announcements.push(announcement),
        interrupted: () => assert.fail(),
      });

      await desk.retract(id);

      const read = await everythingRead(stores, asked);
      assert.equal(read.includes(SECRET), false);
      assert.ok(read.includes("stays"));
      assert.equal(announcements.length, 1);
      assert.equal(JSON.stringify(announcements).includes(SECRET), false);
    });

    test("[S6] the list of revisions of a retracted entry says who and when, and not what", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { id } = await desk.publish("one");
      await desk.revise(id, "two");
      await desk.retract(id);
      const revisions = await stores.records.revisions("a", id);
      assert.deepEqual(
        revisions.map(({ revision, action, by, content }) => [revision, action, by, content]),
        [
          [2, "retract", HOLDER, null],
          [2, "revise", HOLDER, null],
          [1, "publish", HOLDER, null],
        ],
      );
    });

    test("[S6] of a removed story nothing is left but that it was there", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a", { headline: SECRET, summary: SECRET });
      const neighbour = await newStory(stores, "a-b", { headline: "stays" });
      const from = await headOf(stores, "a");
      await desk.commit([backgroundWrite(SECRET)]);
      const publication = commitOf([entryWrite(uuidv7(), SECRET)], {
        idempotency: { key: "key", bodyHash: "hash", ids: [] },
      });
      await stores.timelines.commit("a", publication);
      const [id = ""] = publication.writes.flatMap((write) => (write.kind === "entry" ? [write.body.id] : []));
      const head = await headOf(stores, "a");

      assert.deepEqual(await desk.remove(), { outcome: "done", head, changes: [] });

      const read = await everythingRead(stores, { id, from, commits: [publication] });
      assert.equal(read.includes(SECRET), false);
      assert.ok(JSON.stringify(await stores.timelines.load(neighbour.slug, 10)).includes("stays"));
    });

    test("[S6] an earlier revision can be erased, and the others stay", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { id } = await desk.publish("one");
      await desk.revise(id, SECRET);
      await desk.revise(id, "three");
      const { records } = stores;
      assert.equal(await records.eraseRevision("a", id, 2), "erased");
      assert.equal(await records.eraseRevision("a", id, 2), "erased");
      assert.deepEqual(
        (await records.revisions("a", id)).map(({ revision, content }) => [revision, content?.markdown ?? null]),
        [
          [3, "three"],
          [2, null],
          [1, "one"],
        ],
      );
    });

    test("[S6] the present revision is not erased, nor one that never was", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      await newStory(stores, "a-b");
      const { id } = await desk.publish("one");
      const { records } = stores;
      assert.equal(await records.eraseRevision("a", id, 1), "current");
      assert.equal(await records.eraseRevision("a", id, 2), "unknown");
      assert.equal(await records.eraseRevision("a", uuidv7(), 1), "unknown");
      assert.equal(await records.eraseRevision("a-b", id, 1), "unknown");
      assert.ok((await records.revisions("a", id))[0]?.content);
      await desk.retract(id);
      assert.equal(await records.eraseRevision("a", id, 1), "erased");
    });
  });
}

type Asked = { id: string; from: Position; commits: Commit[] };

/** All that can be had of an entry, by whatever way, as text. */
async function everythingRead({ timelines, records, catalogue }: Stores, { id, from, commits }: Asked) {
  const top = { publishedAt: "2999-01-01T00:00:00.000Z", firstSeq: 1 };
  const want = { items: ["story", "background", id], idempotency: { holderId: HOLDER.id, key: "key" } };
  return JSON.stringify([
    await timelines.load("a", 100),
    await timelines.page("a", { below: top }, 100),
    await timelines.changesSince("a", from),
    await records.read("a", want),
    await records.revisions("a", id),
    await catalogue.list({ statuses: ["live"], limit: 10 }),
    await Promise.all(commits.map((commit) => timelines.commit("a", commit))),
  ]);
}
