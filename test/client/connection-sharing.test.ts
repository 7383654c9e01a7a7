import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { STORIES_PER_SOCKET } from "../../src/protocol/limits.ts";
import { SITE, virtualPages } from "../support/virtual-page.ts";
import { VirtualStory } from "../support/virtual-story.ts";

let { reader, storm, follow, followLive, deliver } = virtualPages();
beforeEach(() => {
  ({ reader, storm, follow, followLive, deliver } = virtualPages());
});

describe("a shared socket", () => {
  let flood: VirtualStory;

  beforeEach(() => {
    flood = new VirtualStory("flood", reader.now);
  });

  async function followBoth() {
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(undefined), flood.answer(undefined));
    const pages = { storm: follow(), flood: follow({ story: "flood" }) };
    await reader.advance(0);
    return pages;
  }

  test("[C2] two stories of a service share one socket, which closes with the last", async () => {
    const pages = await followBoth();
    deliver(flood.publish(), flood);
    deliver(storm.publish());
    assert.equal(pages.flood.timeline?.seq, flood.seq);
    assert.equal(pages.storm.timeline?.seq, storm.seq);
    pages.storm.close();
    assert.deepEqual(reader.socket.left, ["storm"]);
    assert.equal(reader.openSockets, 1);
    pages.flood.close();
    assert.equal(reader.openSockets, 0);
    assert.equal(reader.sockets.length, 1);
    assert.equal(reader.listeners, 0);
    assert.equal(reader.clock.nextTimerMs, Number.POSITIVE_INFINITY);
  });

  test("[C2] a service at another origin has a socket of its own, whatever path is named", async () => {
    reader.willConnect("pending", "pending");
    follow();
    follow({ url: `${SITE}/stories/storm` });
    follow({ url: "https://other.example.com/" });
    await reader.advance(0);
    assert.deepEqual(
      reader.sockets.map(({ origin }) => origin),
      [SITE, "https://other.example.com"],
    );
  });

  test("[C2] stories beyond the 50 that a socket may join share a further one, and the first takes in others again", async () => {
    reader.willConnect("pending", "pending");
    const pages = Array.from({ length: STORIES_PER_SOCKET + 1 }, (_, index) => follow({ story: `story-${index}` }));
    await reader.advance(0);
    assert.equal(reader.openSockets, 2);
    follow({ story: "story-0" });
    pages[1]?.close();
    follow({ story: "one-more" });
    await reader.advance(0);
    assert.equal(reader.sockets.length, 2);
    pages.at(-1)?.close();
    assert.equal(reader.openSockets, 1);
  });

  test("[C2] the end of one story leaves the other its socket", async () => {
    const pages = await followBoth();
    deliver(storm.patch({ status: "ended" }));
    assert.equal(reader.openSockets, 1);
    deliver(flood.patch({ status: "ended" }), flood);
    assert.equal(reader.openSockets, 0);
    assert.deepEqual([pages.storm.kinds.at(-1), pages.flood.kinds.at(-1)], ["ended", "ended"]);
  });

  test("[C2] a story that comes later joins the socket that is there", async () => {
    await followLive();
    reader.willAnswer(flood.answer(undefined));
    const page = follow({ story: "flood" });
    await reader.advance(0);
    assert.equal(reader.sockets.length, 1);
    assert.equal(page.kinds.at(-1), "live");
  });
});

describe("views of one story", () => {
  test("[C2] share one join, and leave with the last of them", async () => {
    const pages = [await followLive(), follow()] as const;
    await reader.advance(0);
    assert.deepEqual(pages[1].kinds, ["live"]);
    assert.deepEqual(pages[1].timeline, pages[0].timeline);
    deliver(storm.publish());
    pages[0].close();
    assert.deepEqual(reader.socket.left, []);
    deliver(storm.publish());
    assert.equal(pages[0].timeline?.seq, storm.seq - 1);
    assert.equal(pages[1].timeline?.seq, storm.seq);
    pages[1].close();
    assert.deepEqual(reader.socket.left, ["storm"]);
    assert.equal(reader.socket.joins.length, 1);
    assert.equal(reader.openSockets, 0);
  });

  test("[C2] ask once for the widest window, and all are given it", async () => {
    storm.publish();
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(undefined, 1), storm.answer(undefined, 2));
    const narrow = follow({ limit: 1 });
    await reader.advance(0);
    const wide = follow({ limit: 2 });
    await reader.advance(0);
    assert.deepEqual(
      reader.socket.joins.map(({ limit, position }) => ({ limit, position })),
      [
        { limit: 1, position: undefined },
        { limit: 2, position: undefined },
      ],
    );
    assert.equal(wide.timeline?.entries.length, 2);
    assert.equal(narrow.timeline?.entries.length, 1);
    const third = follow({ limit: 2 });
    await reader.advance(0);
    assert.equal(reader.socket.joins.length, 2);
    deliver(storm.publish());
    for (const page of [narrow, wide, third]) assert.deepEqual(page.timeline?.entries, storm.entries);
  });

  test("[C1] let go of older entries only where none of them needs more", async () => {
    storm.publish();
    const page = await followLive();
    const other = follow();
    await reader.advance(0);
    page.keepNewest(1);
    deliver(storm.publish());
    assert.deepEqual(page.timeline?.entries, storm.entries);
    other.close();
    page.keepNewest(2);
    const [, , withdrawn] = storm.entries;
    assert.ok(withdrawn);
    deliver(storm.retract(withdrawn));
    assert.deepEqual(page.timeline?.entries, storm.entries);
    page.keepNewest(1);
    deliver(storm.publish());
    assert.deepEqual(page.timeline?.entries, storm.entries.slice(0, 2));
    assert.equal(page.timeline?.total, storm.entries.length);
  });

  test("[C1] are never shown less than the page showed already", async () => {
    const page = await followLive();
    const missed = storm.publish();
    const later = follow({ snapshot: storm.snapshot() });
    await reader.advance(0);
    assert.equal(later.deliveries.length, 0);
    deliver(missed);
    assert.equal(page.timeline?.seq, storm.seq);
    assert.equal(later.deliveries.length, 0);
    deliver(storm.publish());
    assert.deepEqual(later.timeline, page.timeline);
  });

  test("[C1] keep what the page shows until the first answer", async () => {
    reader.willConnect("connects");
    reader.willAnswer("silence");
    follow();
    await reader.advance(0);
    const later = follow({ snapshot: storm.snapshot() });
    await reader.advance(0);
    assert.equal(later.deliveries.length, 0);
    reader.socket.answer(0, storm.answer(undefined));
    deliver(storm.publish());
    assert.deepEqual(later.timeline?.entries, storm.entries);
    assert.deepEqual(later.kinds, ["connecting", "live"]);
  });

  test("[C2] that ask for presence later make the service send it, or hear what others know", async () => {
    await followLive();
    reader.willAnswer(storm.answer(storm.position));
    const told: number[] = [];
    follow({ onPresence: (watching) => told.push(watching) });
    await reader.advance(0);
    assert.deepEqual(
      reader.socket.joins.map(({ presence }) => presence),
      [false, true],
    );
    reader.socket.deliver("presence", { story: "storm", watching: 12 });
    follow({ onPresence: (watching) => told.push(watching) });
    await reader.advance(0);
    assert.deepEqual(told, [12, 12]);
    assert.equal(reader.socket.joins.length, 2);
  });

  test("[C2] of an ended story make it join once more when they need a wider window", async () => {
    storm.publish();
    storm.patch({ status: "ended" });
    follow({ snapshot: storm.snapshot(1) });
    await reader.advance(0);
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(undefined));
    const page = follow();
    await reader.advance(0);
    assert.deepEqual(page.timeline?.entries, storm.entries);
    assert.equal(page.kinds.at(-1), "ended");
    assert.equal(reader.openSockets, 0);
  });
});
