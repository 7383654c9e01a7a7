import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v7 as uuidv7 } from "uuid";
import type { Announcement, AnnouncementListener } from "../../src/store/announcements.ts";
import { commitOf, Desk, entryWrite, headOf, newStory, storyWrite } from "../support/store-desk.ts";
import type { OpenEngine } from "./harness.ts";

type CommitAnnouncement = Extract<Announcement, { kind: "commit" }>;

/** Hearing of commits. */
export function announcementContract(open: OpenEngine): void {
  describe("announcements", () => {
    test("[S1] every commit is announced once, in order, each naming the tag before it", async (t) => {
      const { stores, heard } = await open(t);
      const listener = new Listening();
      await stores.announcements.subscribe("a", listener);
      await newStory(stores, "a");
      await Promise.all(
        Array.from({ length: 60 }, (_, n) => {
          const writes = Array.from({ length: 1 + (n % 3) }, () => entryWrite(uuidv7(), `entry ${n}`));
          return new Desk(heard[n % heard.length] ?? stores, "a").commit(writes);
        }),
      );
      await stores.announcements.probe();

      const commits = listener.commits();
      assert.equal(commits.length, 61);
      let before: { to: number; tag: string | null } = { to: 0, tag: null };
      for (const { from, to, tag, previousTag, changes } of commits) {
        assert.deepEqual([from, previousTag], [before.to, before.tag]);
        assert.deepEqual(
          changes.map(({ seq }) => seq),
          Array.from({ length: to - from }, (_, n) => from + n + 1),
        );
        before = { to, tag };
      }
      const { epoch, seq, tag } = await headOf(stores, "a");
      assert.deepEqual(before, { to: seq, tag });
      assert.deepEqual(new Set(commits.map((commit) => commit.epoch)), new Set([epoch]));
    });

    test("[S1] a commit is announced with its changes before it is acknowledged", async (t) => {
      const { stores } = await open(t);
      const listener = new Listening();
      await stores.announcements.subscribe("a", listener);
      const desk = new Desk(stores, "a");
      for (const writes of [[storyWrite("a")], [entryWrite(uuidv7(), "one"), storyWrite("a", { headline: "Two" })]]) {
        const { head, changes } = await desk.commit(writes);
        const last = listener.commits().at(-1);
        assert.deepEqual([last?.to, last?.tag, last?.changes], [head.seq, head.tag, changes]);
      }
    });

    test("who may read is announced as it is after the commit", async (t) => {
      const { stores } = await open(t);
      const listener = new Listening();
      await stores.announcements.subscribe("a", listener);
      const desk = await newStory(stores, "a", { status: "draft" });
      await desk.patch({ status: "live", allowedOrigins: ["https://partner.example"] });
      await desk.publish("one");
      assert.deepEqual(
        listener.commits().map(({ access }) => access),
        [
          { status: "draft", allowedOrigins: [] },
          { status: "live", allowedOrigins: ["https://partner.example"] },
          { status: "live", allowedOrigins: ["https://partner.example"] },
        ],
      );
    });

    test("[S1] nothing is announced of conflicts, repeats and commits without writes", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const idempotency = { key: "k", bodyHash: "h", ids: [] };
      const done = commitOf([entryWrite(uuidv7(), "one")], { idempotency });
      await stores.timelines.commit("a", done);
      const listener = new Listening();
      await stores.announcements.subscribe("a", listener);
      await stores.timelines.commit("a", done);
      await stores.timelines.commit("a", commitOf([entryWrite(uuidv7(), "two")], { idempotency }));
      const wrong = [{ item: "story", seq: 9 }];
      await stores.timelines.commit("a", commitOf([entryWrite(uuidv7(), "three")], { guards: wrong }));
      await assert.rejects(stores.timelines.commit("a", commitOf([entryWrite(uuidv7(), "four")], { expiresAt: 1 })));
      await desk.commit([]);
      await stores.announcements.probe();
      assert.deepEqual(listener.heard, []);
    });

    test("[S2] listeners hear of their own story and of no other", async (t) => {
      const { stores } = await open(t);
      const slugs = ["a", "ab", "a-b"];
      const listeners = new Map(slugs.map((slug) => [slug, new Listening()]));
      for (const [slug, listener] of listeners) await stores.announcements.subscribe(slug, listener);
      await Promise.all(slugs.map((slug) => newStory(stores, slug)));
      await new Desk(stores, "a-b").publish("one");
      await stores.announcements.probe();
      assert.deepEqual(
        [...listeners.values()].map(({ heard }) => heard.length),
        [1, 1, 2],
      );
    });

    test("whoever has undone a subscription hears nothing more, and the others go on", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const [gone, stays] = [new Listening(), new Listening()];
      const undo = await stores.announcements.subscribe("a", gone);
      await stores.announcements.subscribe("a", stays);
      await desk.publish("one");
      undo();
      undo();
      await desk.publish("two");
      await stores.announcements.probe();
      assert.deepEqual([gone.heard.length, stays.heard.length], [1, 2]);
      await stores.announcements.subscribe("a", gone);
      await desk.publish("three");
      await stores.announcements.probe();
      assert.deepEqual([gone.heard.length, stays.heard.length], [2, 3]);
    });

    test("a listener that is subscribed twice stays subscribed after one undo", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const listener = new Listening();
      const undo = await stores.announcements.subscribe("a", listener);
      await stores.announcements.subscribe("a", listener);
      undo();
      await desk.publish("one");
      await stores.announcements.probe();
      assert.equal(listener.heard.length, 1);
    });

    test("[S7] a renewed epoch is announced with the new head, once", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const { epoch } = await headOf(stores, "a");
      const listener = new Listening();
      await stores.announcements.subscribe("a", listener);
      await Promise.all([1, 2, 3].map(() => stores.timelines.renewEpoch("a", epoch)));
      const head = await headOf(stores, "a");
      await desk.publish("one");
      await stores.announcements.probe();
      const [renewed, commit] = listener.heard;
      assert.equal(listener.heard.length, 2);
      assert.deepEqual(renewed, { kind: "renewed", head });
      assert.ok(commit?.kind === "commit" && commit.previousTag === head.tag && commit.epoch === head.epoch);
    });

    test("[S6] a removal is announced", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a");
      const listener = new Listening();
      await stores.announcements.subscribe("a", listener);
      await desk.remove();
      await stores.announcements.probe();
      assert.deepEqual(listener.heard, [{ kind: "removed" }]);
    });

    test("a probe comes back, also many at once", async (t) => {
      const { stores } = await open(t);
      await Promise.all(Array.from({ length: 20 }, () => stores.announcements.probe()));
    });
  });
}

class Listening implements AnnouncementListener {
  readonly heard: Announcement[] = [];

  announced(announcement: Announcement): void {
    this.heard.push(announcement);
  }

  interrupted(): void {
    assert.fail("No subscription was interrupted.");
  }

  commits(): CommitAnnouncement[] {
    return this.heard.flatMap((announcement) => (announcement.kind === "commit" ? [announcement] : []));
  }
}
