import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTick } from "node:timers/promises";
import { Feeds } from "../../src/feed/feeds.ts";
import type { FeedEvent } from "../../src/feed/story-feed.ts";
import type { Command } from "../support/random-history.ts";
import { ScriptedStore } from "../support/scripted-store.ts";

const publish: Command = { kind: "publish", pick: 1 };

/** A followed story of one entry, and what is done while the grace for announcements under way lasts. */
async function follow(store: ScriptedStore, duringGrace = () => {}) {
  store.commit(publish);
  let repairs = 0;
  const feeds = new Feeds({
    ...{ stores: store, site: "https://live.example.com", lingerMs: 0 },
    wait: async () => {
      duringGrace();
      await nextTick();
    },
    onTrouble: (error) => assert.fail(String(error)),
    onRepair: () => {
      repairs += 1;
    },
  });
  const following = await feeds.follow("story");
  assert.ok(following !== null && following !== "removed");
  const events: FeedEvent[] = [];
  following.feed.subscribe((event) => events.push(event));
  return { feeds, events, repairs: () => repairs, ...following };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTick();
}

test("[F3] what was lost without a sign is found by comparing heads, and read once", async () => {
  const store = new ScriptedStore();
  const { feeds, events, feed, repairs } = await follow(store);
  const from = feed.timeline.seq;
  store.commit(publish, publish);
  await feeds.compareHeads();
  await settle();
  const [event, ...more] = events;
  assert.ok(event?.kind === "range");
  assert.deepEqual([event.range.from, event.range.to, more.length], [from, store.head.seq, 0]);
  assert.deepEqual(store.reads, ["load", "read", "changesSince"]);
  assert.equal(repairs(), 1);
  feeds.close();
});

test("[F3] a head that the feed has is no reason to read anything more", async () => {
  const store = new ScriptedStore();
  const { feeds, repairs } = await follow(store);
  store.deliver(...store.commit(publish));
  await feeds.compareHeads();
  await feeds.compareHeads();
  assert.deepEqual(store.reads, ["load", "read", "read"]);
  assert.equal(repairs(), 0);
  feeds.close();
});

test("[F3] an announcement that was under way while heads were compared is no loss", async () => {
  const store = new ScriptedStore();
  const underWay: Parameters<ScriptedStore["deliver"]> = [];
  const { feeds, repairs } = await follow(store, () => store.deliver(...underWay.splice(0)));
  underWay.push(...store.commit(publish));
  await feeds.compareHeads();
  assert.equal(repairs(), 0);
  feeds.close();
});

test("[S7] a history that went aside is noticed by comparing heads, and everybody starts again", async () => {
  const store = new ScriptedStore();
  const { feeds, events } = await follow(store);
  store.deliver(...store.commit(publish));
  await settle();
  store.goAsideFrom(store.head.seq);
  await feeds.compareHeads();
  await settle();
  assert.equal(store.renewals.length, 1);
  assert.deepEqual(events.at(-1), { kind: "reset" });
  feeds.close();
});

test("[S7] a node that lags behind a reader catches up before it answers", async () => {
  const store = new ScriptedStore();
  const { feeds, feed, repairs } = await follow(store);
  store.commit(publish, publish);
  const seen = store.head;
  await feed.confirm(seen);
  const reply = feed.reply(seen, 50);
  assert.ok(reply.mode === "changes" && reply.changes.length === 0 && reply.to === seen.seq);
  assert.equal(repairs(), 1);
  feeds.close();
});

test("[S7] readers who claim to be ahead of the store cost it a read a second, however many, and are given a snapshot", async () => {
  const store = new ScriptedStore();
  const { feeds, feed, repairs } = await follow(store);
  const { epoch, seq, tag } = store.head;
  const claims = Array.from({ length: 100 }, (_, n) => ({ epoch, seq: seq + 1 + n, tag }));
  await Promise.all(claims.map((claim) => feed.confirm(claim)));
  // One for the first, and one that began after all the others had come.
  assert.deepEqual(store.reads, ["load", "read", "read"]);
  assert.equal(repairs(), 0);
  for (const claim of claims) assert.equal(feed.reply(claim, 50).mode, "snapshot");
  feeds.close();
});

test("[F4] positions that this node has seen, or of another run of the clock, cost the store nothing", async () => {
  const store = new ScriptedStore();
  const { feeds, feed } = await follow(store);
  await feed.confirm(store.head);
  await feed.confirm({ ...store.head, epoch: "another", seq: 99 });
  assert.deepEqual(store.reads, ["load"]);
  feeds.close();
});

test("[S7] a reader who has seen more than the store told a moment ago is not answered from that", async () => {
  const store = new ScriptedStore();
  const { feeds, feed } = await follow(store);
  for (let readers = 0; readers < 3; readers += 1) {
    store.commit(publish);
    const seen = store.head;
    await feed.confirm(seen);
    assert.equal(feed.reply(seen, 50).mode, "changes");
  }
  feeds.close();
});

test("[S6] while announcements do not arrive, whoever comes is answered with what the store has by then", async () => {
  const store = new ScriptedStore();
  const { feeds, feed } = await follow(store);
  store.lose();
  store.commit(publish);
  const asked = await Promise.all(Array.from({ length: 50 }, () => feeds.follow("story")));
  for (const one of asked) assert.ok(one !== null && one !== "removed" && one.feed.timeline.seq === store.head.seq);
  assert.ok(store.reads.length <= 5, `${store.reads}`);
  store.interrupt();
  await settle();
  const before = store.reads.length;
  await feeds.follow("story");
  assert.equal(store.reads.length, before, "nothing can be missed any more");
  assert.equal(feed.timeline.seq, store.head.seq);
  feeds.close();
});

test("[S6] a store that is away leaves what is in memory, and one that hangs is not waited for by everybody", async () => {
  const store = new ScriptedStore();
  const { feeds, feed } = await follow(store);
  const { seq } = feed.timeline;
  store.lose();
  const readsOfFive = async () => {
    const before = store.reads.length;
    for (let asks = 0; asks < 5; asks += 1) {
      const one = await feeds.follow("story");
      assert.ok(one !== null && one !== "removed" && one.feed.timeline.seq === seq);
    }
    return store.reads.length - before;
  };
  store.failReads();
  assert.equal(await readsOfFive(), 5, "a refusal costs nobody anything");
  store.holdReads();
  assert.equal(await readsOfFive(), 1);
  feeds.close();
});
