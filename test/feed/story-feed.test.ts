import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTick } from "node:timers/promises";
import fc from "fast-check";
import { Feeds } from "../../src/feed/feeds.ts";
import type { FeedEvent } from "../../src/feed/story-feed.ts";
import { parsePosition } from "../../src/protocol/position.ts";
import { fromSnapshot, receive } from "../../src/protocol/timeline.ts";
import type { Announcement } from "../../src/store/announcements.ts";
import { anyCommand, type Command } from "../support/random-history.ts";
import { ScriptedStore } from "../support/scripted-store.ts";

const SITE = "https://live.example.com";
const publish: Command = { kind: "publish", pick: 1 };

async function follow(store: ScriptedStore) {
  const feeds = new Feeds({
    stores: store,
    site: SITE,
    lingerMs: 0,
    wait: () => nextTick(),
    onTrouble: (error) => assert.fail(String(error)),
  });
  const following = await feeds.follow("story");
  assert.ok(following !== null && following !== "removed");
  const events: FeedEvent[] = [];
  following.feed.subscribe((event) => events.push(event));
  return { feeds, events, ...following };
}

/** Lets everything that is under way come to rest: reads of the scripted store answer within a turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTick();
}

function rangesOf(events: FeedEvent[]) {
  return events.flatMap((event) => (event.kind === "range" ? [event.range] : []));
}

type Fate = "delivered" | "lost" | "late" | "twice";
const anyStep = fc.record({
  command: anyCommand,
  fate: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fate>("delivered") },
    { weight: 2, arbitrary: fc.constantFrom<Fate>("lost", "late", "twice") },
  ),
  ticks: fc.boolean(),
});

test("[F1] listeners get ranges without hole or overlap, whatever is lost, late or doubled on the way", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 30, size: "max" }), async (steps) => {
      const store = new ScriptedStore();
      store.commit(publish);
      const { events, feed, release } = await follow(store);
      const start = feed.timeline;
      const late: Announcement[] = [];
      for (const { command, fate, ticks } of steps) {
        const announced = store.commit(command);
        if (fate === "late") late.push(...announced);
        else if (fate !== "lost") store.deliver(...announced);
        if (fate === "twice") store.deliver(...announced);
        if (ticks) await nextTick();
      }
      store.deliver(...late, ...store.commit(publish));
      await settle();
      let reader = fromSnapshot(start.epoch, { ...start, entries: [...start.entries] });
      for (const range of rangesOf(events)) {
        assert.equal(range.from, reader.seq);
        reader = receive(reader, start.epoch, range).timeline;
      }
      assert.deepEqual(reader.entries, store.random.story.entries);
      assert.equal(reader.position, store.random.story.position);
      assert.deepEqual(feed.timeline.entries, reader.entries);
      release();
    }),
  );
});

test("[F1] a hole costs the store one read, however many readers wait", async () => {
  const store = new ScriptedStore();
  const { events, feed } = await follow(store);
  store.commit(publish);
  const openReads = store.holdReads();
  store.deliver(...store.commit(publish, publish, publish));
  for (let reader = 0; reader < 1_000; reader += 1) feed.reply(null, 10);
  openReads();
  await settle();
  assert.deepEqual(store.reads, ["load", "changesSince"]);
  assert.deepEqual(
    rangesOf(events).map(({ from, to }) => [from, to]),
    [[1, 5]],
  );
});

test("[F2] after an interruption the feed reads what it missed before it hands on anything newer", async () => {
  const store = new ScriptedStore();
  const { events } = await follow(store);
  store.commit(publish);
  const openReads = store.holdReads();
  store.interrupt();
  store.deliver(...store.commit(publish));
  await settle();
  assert.deepEqual(rangesOf(events), []);
  openReads();
  await settle();
  assert.deepEqual(
    rangesOf(events).map(({ from, to }) => [from, to]),
    [[1, 3]],
  );
});

test("[F2] an interruption while the store is read makes the feed read again", async () => {
  const store = new ScriptedStore();
  await follow(store);
  const openReads = store.holdReads();
  store.interrupt();
  store.interrupt();
  openReads();
  await settle();
  assert.deepEqual(store.reads, ["load", "changesSince", "changesSince"]);
});

test("[R2] all changes of one tick travel in one range, each item once", async () => {
  const store = new ScriptedStore();
  const { events } = await follow(store);
  store.deliver(...store.commit(publish, { kind: "revise", pick: 0 }, publish));
  await settle();
  const [range, ...more] = rangesOf(events);
  assert.deepEqual(more, []);
  assert.deepEqual([range?.from, range?.to, range?.changes.map(({ seq }) => seq)], [1, 4, [3, 4]]);
});

test("[R1] who asks in the middle of a tick gets all of it, and what follows begins there", async () => {
  const store = new ScriptedStore();
  const { events, feed } = await follow(store);
  store.deliver(...store.commit(publish));
  const reply = feed.reply(null, 10);
  const after: FeedEvent[] = [];
  feed.subscribe((event) => after.push(event));
  store.deliver(...store.commit(publish));
  await settle();
  assert.equal(reply.mode === "snapshot" && reply.snapshot.seq, 2);
  assert.deepEqual(
    rangesOf(after).map(({ from }) => from),
    [2],
  );
  assert.deepEqual(
    rangesOf(events).map(({ from }) => from),
    [1, 2],
  );
});

test("[F4] any number of joins and catch-ups of a followed story costs the store no read", async () => {
  const store = new ScriptedStore();
  store.commit(publish, publish, { kind: "retract", pick: 0 });
  const { feed } = await follow(store);
  const old = parsePosition(store.random.ranges[0]?.position ?? "");
  for (let join = 0; join < 10_000; join += 1) feed.reply(join % 2 ? old : null, 50);
  assert.deepEqual(store.reads, ["load"]);
});

test("[S4] a reader is caught up from any point of the history, also one from before the feed was loaded", async () => {
  const store = new ScriptedStore();
  store.commit(publish, publish, { kind: "retract", pick: 0 }, { kind: "patch", pick: 3 });
  const { feed } = await follow(store);
  for (const { position, to } of store.random.ranges) {
    const reply = feed.reply(parsePosition(position), 50);
    assert.equal(reply.mode, "changes");
    const expected = store.random.story.changesSince(to);
    assert.deepEqual(reply, { mode: "changes", ...expected });
  }
});

test("[S7] a history that went aside renews its epoch once, and every reader starts again", async () => {
  const store = new ScriptedStore();
  store.commit(publish);
  const { events, feed } = await follow(store);
  store.goAsideFrom(2);
  store.deliver(...store.commit(publish));
  await settle();
  assert.deepEqual(store.renewals, ["run1"]);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["reset"],
  );
  assert.equal(feed.timeline.epoch, "renewed");
});

test("[F5] a story nobody follows is let go, and following it again reads it anew", async () => {
  const store = new ScriptedStore();
  const { feeds, release } = await follow(store);
  release();
  release();
  while (feeds.size > 0) await new Promise((resolve) => setTimeout(resolve));
  assert.equal(store.isFollowed, false);
  store.commit(publish);
  const again = await feeds.follow("story");
  assert.ok(again !== null && again !== "removed");
  assert.equal(again.feed.timeline.seq, 2);
});

test("[F5] a story is there at once while it is held, certain and not removed", async () => {
  const store = new ScriptedStore();
  const { feeds, feed, release } = await follow(store);
  assert.equal(feeds.peek("other"), null);
  assert.equal(feeds.peek("story"), feed);
  store.lose();
  assert.equal(feeds.peek("story"), null, "something may have been missed");
  store.interrupt();
  await settle();
  assert.equal(feeds.peek("story"), feed);
  store.deliver({ kind: "removed" });
  assert.equal(feeds.peek("story"), null);
  release();
});

test("[F5] a story that is only looked at stays as long as that goes on", async (t) => {
  const store = new ScriptedStore();
  const feeds = new Feeds({ stores: store, site: SITE, lingerMs: 1_000, onTrouble: () => {} });
  t.after(() => feeds.close());
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const following = await feeds.follow("story");
  assert.ok(following !== null && following !== "removed");
  following.release();
  for (let look = 0; look < 5; look += 1) {
    assert.equal(feeds.peek("story"), following.feed);
    t.mock.timers.tick(1_000);
  }
  t.mock.timers.tick(1_000);
  assert.equal(feeds.peek("story"), null);
  assert.deepEqual(store.reads, ["load"]);
});

test("[F5] many who follow at once share one load, and what is committed meanwhile is not lost", async () => {
  const store = new ScriptedStore();
  const feeds = new Feeds({ stores: store, site: SITE, onTrouble: (error) => assert.fail(String(error)) });
  const openReads = store.holdReads();
  const following = Array.from({ length: 100 }, () => feeds.follow("story"));
  await nextTick();
  store.deliver(...store.commit(publish));
  openReads();
  const feedsGot = (await Promise.all(following)).map((one) => (one !== null && one !== "removed" ? one.feed : null));
  assert.equal(new Set(feedsGot).size, 1);
  assert.deepEqual(store.reads, ["load"]);
  assert.equal(feedsGot[0]?.timeline.seq, 2);
  feeds.close();
});

test("[F5] a story that is removed while it is being read is not followed", async () => {
  const store = new ScriptedStore();
  const feeds = new Feeds({ stores: store, site: SITE, onTrouble: (error) => assert.fail(String(error)) });
  const openReads = store.holdReads();
  const following = feeds.follow("story");
  await nextTick();
  store.deliver({ kind: "removed" });
  openReads();
  assert.equal(await following, "removed");
  assert.equal(feeds.size, 0);
});

test("[F5] a story that is created while another reader's look finds nothing is found", async () => {
  const store = new ScriptedStore();
  const feeds = new Feeds({ stores: store, site: SITE, onTrouble: (error) => assert.fail(String(error)) });
  const openReads = store.holdReads();
  const before = feeds.follow("new-story");
  await nextTick();
  const after = feeds.follow("new-story");
  Object.assign(store.random.story, { slug: "new-story" });
  openReads();
  assert.notEqual(await after, null);
  await before;
  feeds.close();
});
