import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import type { StoryArchive } from "../../src/store/archive.ts";
import type { Stores } from "../../src/store/stores.ts";
import { StoreUnavailable } from "../../src/store/timeline-store.ts";
import { commitOf, Desk, entryWrite, newStory } from "../support/store-desk.ts";
import type { OpenEngine } from "./harness.ts";

export function closingContract(open: OpenEngine): void {
  describe("closing", () => {
    test("[S3] what is under way is finished before the store is closed", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const commits = Array.from({ length: 30 }, (_, n) => desk.publish(`entry ${n}`));
      let finished = 0;
      for (const commit of commits) {
        void commit.then(() => {
          finished += 1;
        });
      }
      await stores.close();
      // Answers and the end may come in one turn; whoever waits for an answer hears of it within that turn.
      await nextTurn();
      assert.equal(finished, commits.length);
    });

    test("a store may be closed twice, also at the same time", async (t) => {
      const { stores } = await open(t);
      await Promise.all([stores.close(), stores.timelines.close(), stores.close()]);
      await stores.close();
      await stores.timelines.close();
    });

    test("everything that is asked of a closed store is rejected", async (t) => {
      const { stores } = await open(t);
      const asked = questionsTo(stores);
      await stores.close();
      for (const [name, ask] of Object.entries(asked)) await assert.rejects(ask(), StoreUnavailable, name);
    });
  });
}

function questionsTo(stores: Stores): Record<string, () => Promise<unknown>> {
  const { timelines, records, announcements, catalogue, keys, archives } = stores;
  const position = { epoch: "e", seq: 1, tag: "t" };
  const key = {
    id: "k",
    name: "k",
    sha256: "0",
    role: "admin",
    stories: null,
    createdAt: "",
    revokedAt: null,
  } as const;
  const archive: StoryArchive = {
    ...{ slug: "a", seq: 1, changedAt: "", items: [], revisions: [] },
    access: { status: "live", allowedOrigins: [] },
  };
  return {
    load: () => timelines.load("a", 1),
    changesSince: () => timelines.changesSince("a", position),
    page: () => timelines.page("a", { below: { publishedAt: "2026-03-01T12:00:00.000Z", firstSeq: 1 } }, 1),
    commit: () => timelines.commit("a", commitOf([entryWrite(uuidv7(), "one")])),
    renewEpoch: () => timelines.renewEpoch("a", "e"),
    read: () => records.read("a", { items: [] }),
    revisions: () => records.revisions("a", "e"),
    eraseRevision: () => records.eraseRevision("a", "e", 1),
    subscribe: () => announcements.subscribe("a", { announced: () => {}, interrupted: () => {} }),
    probe: () => announcements.probe(),
    list: () => catalogue.list({ statuses: ["live"], limit: 1 }),
    findKey: () => keys.findKey("0"),
    addKey: () => keys.addKey(key),
    listKeys: () => keys.listKeys(),
    revokeKey: () => keys.revokeKey("k", ""),
    signingSecret: () => keys.signingSecret(),
    exportStory: () => archives.exportStory("a"),
    importStory: () => archives.importStory(archive),
    create: () => new Desk(stores, "b").create(),
  };
}
