import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { type Connections, shareConnections } from "../../src/client/connection.ts";
import type { LivenessState, StoryConnectionOptions } from "../../src/client/connection-options.ts";
import type { JoinReply } from "../../src/protocol/events.ts";
import type { Change, Changes } from "../../src/protocol/shapes.ts";
import type { Timeline } from "../../src/protocol/timeline.ts";
import { VirtualReader } from "../support/virtual-reader.ts";
import { VirtualStory } from "../support/virtual-story.ts";

const URL = "https://live.example.com";
const MINUTE = 60_000;

let reader: VirtualReader;
let connections: Connections;
let storm: VirtualStory;

beforeEach(() => {
  reader = new VirtualReader();
  connections = shareConnections(reader);
  storm = new VirtualStory("storm", reader.now);
  storm.publish();
});

/** A page that keeps what it is told. */
function follow(options: Partial<StoryConnectionOptions> = {}) {
  const states: LivenessState[] = [];
  const deliveries: { timeline: Timeline; changes: readonly Change[] | null }[] = [];
  const connection = connections.connect({
    url: URL,
    story: "storm",
    onTimeline: (timeline, changes) => deliveries.push({ timeline, changes }),
    onState: (state) => states.push(state),
    ...options,
  });
  return {
    states,
    deliveries,
    close: connection.close,
    get kinds() {
      return states.map(({ kind }) => kind);
    },
    get timeline() {
      return deliveries.at(-1)?.timeline;
    },
  };
}

/** A page that is live on the storm. */
async function followLive(options: Partial<StoryConnectionOptions> = {}) {
  reader.willConnect("connects");
  reader.willAnswer(storm.answer(undefined));
  const page = follow(options);
  await reader.advance(0);
  return page;
}

function deliver(range: Changes, story = storm): void {
  reader.socket.deliver("changes", { story: story.slug, epoch: story.epoch, ...range });
}

function refusal(code: string, retryable = false): JoinReply {
  return { ok: false, error: { code, message: "no", retryable } } as JoinReply;
}

describe("joining", () => {
  test("[R1] a page with a snapshot asks only for what came later", async () => {
    const snapshot = storm.snapshot();
    const missed = storm.publish();
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(snapshot.position));
    const page = follow({ snapshot, limit: 30 });
    await reader.advance(0);
    assert.deepEqual(reader.socket.joins, [
      { story: "storm", position: snapshot.position, limit: 30, presence: false },
    ]);
    assert.deepEqual(
      page.deliveries.map(({ changes }) => changes),
      [missed.changes],
    );
    assert.equal(page.timeline?.position, storm.position);
    assert.deepEqual(page.states, [{ kind: "connecting" }, { kind: "live", since: reader.now() }]);
  });

  test("[R1] a page without a snapshot is given the story whole", async () => {
    const page = await followLive();
    assert.deepEqual(
      reader.socket.joins.map(({ position }) => position),
      [undefined],
    );
    assert.deepEqual(
      page.deliveries.map(({ changes }) => changes),
      [null],
    );
    assert.deepEqual(page.timeline?.entries, storm.entries);
  });

  test("[C2] nothing is told before connecting has returned", async () => {
    reader.willConnect("pending");
    const page = follow();
    assert.deepEqual(page.states, []);
    await reader.advance(0);
    assert.deepEqual(page.kinds, ["connecting"]);
  });

  test("[C2] an attempt that hangs is given up after 20 s", async () => {
    reader.willConnect("pending", "pending");
    follow();
    await reader.advance(19_999);
    assert.equal(reader.socket.closed, false);
    await reader.advance(1);
    assert.equal(reader.socket.closed, true);
    await reader.advance(250);
    assert.equal(reader.sockets.length, 2);
  });

  test("[C2] a join that is not answered within 10 s means that the connection is lost", async () => {
    reader.willConnect("connects", "connects");
    reader.willAnswer("silence", storm.answer(undefined));
    const page = follow();
    await reader.advance(9_999);
    assert.equal(reader.socket.closed, false);
    await reader.advance(1);
    assert.equal(reader.socket.closed, true);
    await reader.advance(500);
    assert.equal(page.kinds.at(-1), "live");
  });

  test("[C2] a join that is put off is repeated, and counts for nothing once it works", async () => {
    reader.willConnect("connects");
    reader.willAnswer(refusal("store_unavailable", true), refusal("rate_limited", true), storm.answer(undefined));
    const page = follow();
    await reader.advance(250 + 500);
    assert.deepEqual(page.kinds, ["connecting", "live"]);
    assert.equal(reader.sockets.length, 1);
  });

  for (const code of ["not_found", "story_removed", "forbidden"]) {
    test(`[C2] a story refused with ${code} is told so once, and gives up its socket`, async () => {
      reader.willConnect("connects");
      reader.willAnswer(refusal(code));
      const page = follow();
      await reader.advance(10 * MINUTE);
      assert.deepEqual(page.states, [{ kind: "connecting" }, { kind: "refused", code, message: "no" }]);
      assert.equal(reader.openSockets, 0);
    });
  }
});

describe("a live story", () => {
  test("[C1] a hole is asked for once, with the position, and nothing of it is lost or doubled", async () => {
    const page = await followLive();
    const { position } = storm;
    storm.publish();
    reader.willAnswer("silence");
    deliver(storm.publish());
    deliver(storm.publish());
    await reader.advance(0);
    assert.deepEqual(reader.socket.joins.slice(1), [{ story: "storm", position, limit: 50, presence: false }]);
    assert.deepEqual(page.kinds, ["connecting", "live", "reconnecting"]);
    reader.socket.answer(1, storm.answer(position));
    deliver(storm.publish());
    await reader.advance(0);
    assert.equal(page.kinds.at(-1), "live");
    assert.equal(page.timeline?.seq, storm.seq);
    assert.deepEqual(page.timeline?.entries, storm.entries);
    const shown = page.deliveries.flatMap(({ changes }) => changes ?? []).map(({ seq }) => seq);
    assert.deepEqual(shown, [3, 4, 5, 6]);
  });

  test("[C2] a reset keeps the old state until a join without a position is answered, after its delay", async () => {
    const page = await followLive();
    storm.restore(1);
    storm.publish();
    reader.socket.deliver("reset", { story: "storm", reason: "restored", afterMs: 4_000 });
    await reader.advance(3_999);
    assert.equal(reader.socket.joins.length, 1);
    assert.equal(page.deliveries.length, 1);
    assert.equal(page.kinds.at(-1), "reconnecting");
    reader.willAnswer(storm.answer(undefined));
    await reader.advance(1);
    assert.equal(reader.socket.joins.at(-1)?.position, undefined);
    assert.equal(page.timeline?.epoch, storm.epoch);
    assert.equal(page.deliveries.at(-1)?.changes, null);
    assert.equal(page.kinds.at(-1), "live");
  });

  test("[C2] a withdrawn story is refused when the reader joins again", async () => {
    const page = await followLive();
    reader.willAnswer(refusal("not_found"));
    reader.socket.deliver("reset", { story: "storm", reason: "withdrawn", afterMs: 0 });
    await reader.advance(0);
    assert.deepEqual(page.states.at(-1), { kind: "refused", code: "not_found", message: "no" });
  });

  test("[C1] kinds of a later version are passed over, and still move the reader on", async () => {
    const page = await followLive();
    deliver(storm.doSomethingUnknown());
    deliver(storm.publish());
    await reader.advance(0);
    assert.equal(page.timeline?.seq, storm.seq);
    assert.equal(reader.socket.joins.length, 1);
  });

  test("[C2] since is the last proof of being whole, heartbeats included", async () => {
    const page = await followLive();
    await reader.advance(MINUTE);
    reader.socket.beat();
    const heardAt = reader.now();
    await reader.advance(10_000);
    await reader.see("offline");
    assert.deepEqual(page.states.at(-1), { kind: "offline", since: heardAt });
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(storm.position));
    await reader.see("online");
    assert.deepEqual(page.states.at(-1), { kind: "live", since: reader.now() });
  });

  test("[C2] presence is asked for and told only where it is wanted", async () => {
    const told: number[] = [];
    const page = await followLive({ onPresence: (watching) => told.push(watching) });
    assert.equal(reader.socket.joins[0]?.presence, true);
    reader.socket.deliver("presence", { story: "storm", watching: 1_200 });
    reader.socket.deliver("presence", { story: "flood", watching: 7 });
    assert.deepEqual(told, [1_200]);
    page.close();
    reader.socket.deliver("presence", { story: "storm", watching: 1_300 });
    assert.deepEqual(told, [1_200]);
  });

  test("[C2] a sampled reader reports a change once it is painted", async () => {
    reader.willConnect("connects");
    reader.willAnswer({ ...storm.answer(undefined), sample: true });
    follow();
    await reader.advance(0);
    deliver(storm.publish());
    assert.deepEqual(reader.socket.painted, []);
    reader.paint();
    assert.deepEqual(reader.socket.painted, [{ story: "storm", seq: storm.seq }]);
  });

  test("[C2] an error of the page's own does not disturb the connection", async () => {
    const fault = new Error("the page's");
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(undefined));
    const page = follow({
      onTimeline() {
        throw fault;
      },
    });
    await reader.advance(0);
    assert.deepEqual(reader.reported, [fault]);
    assert.deepEqual(page.kinds, ["connecting", "live"]);
  });
});

describe("a connection", () => {
  test("[C2] a lost connection comes back with the position, in the middle of its jitter", async () => {
    const page = await followLive();
    const { position } = storm;
    await reader.advance(MINUTE);
    reader.socket.lose();
    storm.publish();
    assert.deepEqual(page.kinds, ["connecting", "live", "reconnecting"]);
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(position));
    await reader.advance(249);
    assert.equal(reader.sockets.length, 1);
    await reader.advance(1);
    assert.equal(reader.socket.joins[0]?.position, position);
    assert.equal(page.timeline?.seq, storm.seq);
    assert.equal(page.kinds.at(-1), "live");
  });

  test("[C2] attempts that fail grow apart up to 30 s", async () => {
    const delays: number[] = [];
    reader.willConnect(...Array.from({ length: 9 }, () => "fails" as const), "pending");
    follow();
    await reader.advance(0);
    while (reader.sockets.length < 10) {
      delays.push(reader.clock.nextTimerMs);
      await reader.advance(reader.clock.nextTimerMs);
    }
    assert.deepEqual(delays, [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  test("[R4] goodbye: live until its delay is over, then away by itself and back with the position", async () => {
    const page = await followLive();
    const first = reader.socket;
    first.deliver("goodbye", { reconnectAfterMs: 3_000 });
    await reader.advance(2_999);
    deliver(storm.publish());
    assert.equal(page.timeline?.seq, storm.seq);
    assert.equal(first.closed, false);
    assert.equal(page.kinds.at(-1), "live");
    const { position } = storm;
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(position));
    await reader.advance(1);
    assert.equal(first.closed, true);
    assert.equal(reader.socket.joins[0]?.position, position);
    assert.equal(page.kinds.at(-1), "live");
    assert.equal(reader.openSockets, 1);
  });

  test("[C2] a refused connection comes back exactly when it was told to", async () => {
    reader.willConnect({ refusal: { code: "rate_limited", retryAfterMs: 12_000 } });
    const page = follow();
    await reader.advance(11_999);
    assert.equal(reader.sockets.length, 1);
    assert.deepEqual(page.kinds, ["connecting"]);
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(undefined));
    await reader.advance(1);
    assert.equal(page.kinds.at(-1), "live");
  });

  test("[R5] a connection that is forbidden is told to every story, and not tried again", async () => {
    reader.willConnect({ refusal: { code: "forbidden" } });
    const pages = [follow(), follow({ story: "flood" })];
    await reader.advance(10 * MINUTE);
    await reader.see("hidden");
    await reader.see("visible");
    for (const page of pages) {
      assert.deepEqual(page.states, [{ kind: "connecting" }, { kind: "refused", code: "forbidden", message: "no" }]);
    }
  });

  test("[C2] a tab hidden for five minutes closes its socket, sets no timer, and is live again at once", async () => {
    const page = await followLive();
    const { position } = storm;
    await reader.see("hidden");
    await reader.advance(5 * MINUTE - 1);
    assert.equal(reader.openSockets, 1);
    await reader.advance(1);
    assert.equal(reader.openSockets, 0);
    assert.equal(page.kinds.at(-1), "asleep");
    assert.equal(reader.clock.nextTimerMs, Number.POSITIVE_INFINITY);
    storm.publish();
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(position));
    await reader.see("visible");
    assert.equal(reader.socket.joins[0]?.position, position);
    assert.deepEqual(page.kinds.slice(-2), ["reconnecting", "live"]);
    assert.deepEqual(page.timeline?.entries, storm.entries);
  });

  test("[C2] a tab seen again within five minutes notices nothing", async () => {
    const page = await followLive();
    await reader.see("hidden");
    await reader.advance(5 * MINUTE - 1);
    await reader.see("visible");
    await reader.advance(10 * MINUTE);
    assert.equal(reader.sockets.length, 1);
    assert.deepEqual(page.kinds, ["connecting", "live"]);
  });

  test("[C2] a tab that was frozen past its bedtime takes a new socket", async () => {
    const page = await followLive();
    await reader.see("hidden");
    reader.clock.freeze(6 * MINUTE);
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(storm.position));
    await reader.see("visible");
    assert.equal(reader.sockets.length, 2);
    assert.equal(page.kinds.at(-1), "live");
  });

  test("[C2] a page from the page cache proves at once whether its socket still works", async () => {
    const page = await followLive();
    reader.willAnswer("silence");
    await reader.see("restored");
    assert.deepEqual(page.kinds, ["connecting", "live", "reconnecting"]);
    assert.equal(reader.socket.joins.at(-1)?.position, storm.position);
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(storm.position));
    await reader.advance(10_500);
    assert.equal(reader.sockets.length, 2);
    assert.equal(page.kinds.at(-1), "live");
  });

  test("[C2] the clock set back does not hold up what was due", async () => {
    const page = await followLive();
    reader.socket.lose();
    reader.clock.setBack(60 * MINUTE);
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(storm.position));
    await reader.advance(500);
    assert.equal(page.kinds.at(-1), "live");
  });
});

describe("an ended story", () => {
  const LOOK_MS = 52_500;

  async function followToItsEnd() {
    const page = await followLive();
    deliver(storm.patch({ status: "ended" }));
    await reader.advance(0);
    return page;
  }

  test("[C2] its page closes the socket and looks once a minute, at the price of a 304", async () => {
    const page = await followToItsEnd();
    assert.deepEqual(page.kinds, ["connecting", "live", "ended"]);
    assert.deepEqual(reader.socket.left, ["storm"]);
    assert.equal(reader.openSockets, 0);
    reader.willServe({ status: 304 }, { status: 304 });
    await reader.advance(2 * LOOK_MS);
    const look = {
      url: `${URL}/api/v1/stories/storm?limit=50`,
      headers: { "If-None-Match": `"${storm.position}"` },
    };
    assert.deepEqual(reader.requests, [look, look]);
    assert.equal(page.deliveries.length, 2);
  });

  test("[C2] a page that shows the end already opens no socket", async () => {
    storm.patch({ status: "ended" });
    reader.willServe({ status: 304 });
    const page = follow({ snapshot: storm.snapshot() });
    await reader.advance(LOOK_MS);
    assert.deepEqual(page.kinds, ["ended"]);
    assert.equal(reader.sockets.length, 0);
  });

  test("[C2] a correction is taken by changes, and the window stays", async () => {
    const page = await followToItsEnd();
    const { position } = storm;
    const [entry] = storm.entries;
    assert.ok(entry);
    const range = storm.revise(entry);
    reader.willServe({ status: 200, body: storm.snapshot() }, { status: 200, body: { mode: "changes", ...range } });
    await reader.advance(LOOK_MS);
    assert.equal(reader.requests[1]?.url, `${URL}/api/v1/stories/storm/changes?after=${position}`);
    assert.deepEqual(page.deliveries.at(-1)?.changes, range.changes);
    assert.equal(page.timeline?.position, storm.position);
    assert.equal(page.kinds.at(-1), "ended");
  });

  test("[C2] reopened, it is live again", async () => {
    const page = await followToItsEnd();
    const range = storm.patch({ status: "live" });
    reader.willServe({ status: 200, body: storm.snapshot() }, { status: 200, body: { mode: "changes", ...range } });
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(storm.position));
    await reader.advance(LOOK_MS);
    assert.equal(reader.socket.joins[0]?.position, storm.position);
    assert.equal(page.kinds.at(-1), "live");
    deliver(storm.publish());
    assert.deepEqual(page.timeline?.entries, storm.entries);
  });

  test("[C2] restored to another run, it is taken anew", async () => {
    const page = await followToItsEnd();
    storm.restore(1);
    const body = { mode: "snapshot", snapshot: storm.snapshot() };
    reader.willServe({ status: 200, body: storm.snapshot() }, { status: 200, body });
    await reader.advance(LOOK_MS);
    assert.equal(page.timeline?.epoch, storm.epoch);
    assert.equal(page.deliveries.at(-1)?.changes, null);
  });

  test("[C2] it is not looked at while hidden, and at once on return", async () => {
    await followToItsEnd();
    await reader.see("hidden");
    await reader.advance(20 * MINUTE);
    assert.equal(reader.requests.length, 0);
    reader.willServe({ status: 304 });
    await reader.see("visible");
    assert.equal(reader.requests.length, 1);
  });

  test("[C2] looks that fail, or answer nonsense, change nothing and go on", async () => {
    const page = await followToItsEnd();
    const changed = { status: 200, body: {} };
    reader.willServe({ status: 0 }, { status: 503, body: {} }, { status: 404 }, { status: 404, body: {} });
    reader.willServe(changed, { status: 200 }, changed, { status: 200, body: { mode: "snapshot" } });
    reader.willServe(changed, { status: 422, body: {} });
    await reader.advance(7 * LOOK_MS);
    assert.equal(reader.requests.length, 10);
    assert.deepEqual(page.kinds, ["connecting", "live", "ended"]);
  });

  test("[C2] removed, it is refused for good", async () => {
    const page = await followToItsEnd();
    reader.willServe({ status: 410, body: { code: "story_removed", detail: "gone" } });
    await reader.advance(10 * MINUTE);
    assert.deepEqual(page.states.at(-1), { kind: "refused", code: "story_removed", message: "gone" });
  });
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
    follow({ url: `${URL}/stories/storm` });
    follow({ url: "https://other.example.com/" });
    await reader.advance(0);
    assert.deepEqual(
      reader.sockets.map(({ origin }) => origin),
      [URL, "https://other.example.com"],
    );
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
    deliver(storm.publish());
    for (const page of [narrow, wide, third]) assert.deepEqual(page.timeline?.entries, storm.entries);
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

describe("closing", () => {
  test("[C2] twice is once", async () => {
    const page = await followLive();
    page.close();
    page.close();
    assert.deepEqual(reader.socket.left, ["storm"]);
    assert.deepEqual(page.kinds, ["connecting", "live"]);
  });

  test("[C2] before the first turn opens nothing", async () => {
    const page = follow();
    page.close();
    await reader.advance(MINUTE);
    assert.deepEqual(page.states, []);
    assert.equal(reader.sockets.length, 0);
  });

  test("[C2] from within a callback ends the callbacks there", async () => {
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(undefined));
    const page = follow({ onTimeline: () => page.close() });
    await reader.advance(0);
    assert.deepEqual(page.kinds, ["connecting"]);
    assert.equal(reader.openSockets, 0);
  });

  test("[C2] what is answered, delivered or lost afterwards is ignored", async () => {
    reader.willConnect("connects");
    reader.willAnswer("silence");
    const page = follow();
    await reader.advance(0);
    const { socket } = reader;
    page.close();
    socket.answer(0, storm.answer(undefined));
    socket.deliver("changes", { story: "storm", epoch: storm.epoch, ...storm.publish() });
    socket.lose();
    socket.connect();
    await reader.advance(MINUTE);
    assert.deepEqual(page.kinds, ["connecting"]);
    assert.equal(page.deliveries.length, 0);
    assert.equal(reader.sockets.length, 1);
  });

  test("[C2] a look that is answered afterwards is ignored", async () => {
    storm.patch({ status: "ended" });
    const page = follow({ snapshot: storm.snapshot() });
    reader.willServe({ status: 410, body: { code: "story_removed", detail: "gone" } });
    const seen = reader.see("visible");
    page.close();
    await seen;
    assert.deepEqual(page.kinds, ["ended"]);
  });

  test("[C2] what an earlier socket says is ignored by the next", async () => {
    const page = await followLive();
    const earlier = reader.socket;
    earlier.lose();
    reader.willConnect("pending");
    await reader.advance(500);
    earlier.connect();
    earlier.lose();
    earlier.deliver("goodbye", { reconnectAfterMs: 0 });
    earlier.answer(0, storm.answer(undefined));
    await reader.advance(0);
    assert.equal(reader.sockets.length, 2);
    assert.equal(page.kinds.at(-1), "reconnecting");
  });
});

describe("hostile input", () => {
  const nonsense = [undefined, null, 0, "x", [], {}, { story: 7 }, { story: "storm" }, { ok: true }, { ok: false }];
  const range = { story: "storm", epoch: "run1", from: 2, to: 3, position: "run1.3.t3" };
  const broken = [
    { ...range, changes: null },
    { ...range, changes: {} },
    { ...range, changes: [null] },
    { ...range, changes: [{ seq: 3, kind: "entry" }] },
    { ...range, changes: [{ seq: 3, kind: "entry", entry: null }] },
    { ...range, changes: [{ seq: 3, kind: "retraction", tombstone: { id: 7 } }] },
    { ...range, changes: [{ seq: 3, kind: "story", story: null }] },
    { ...range, to: "3", changes: [] },
    { ...range, position: null, changes: [] },
    { story: "storm", reason: "r", afterMs: null },
    { reconnectAfterMs: "soon" },
    { story: "storm", watching: "many" },
  ];

  for (const name of ["changes", "reset", "presence", "goodbye"] as const) {
    test(`[C2] a ${name} event that makes no sense is passed over`, async () => {
      const page = await followLive({ onPresence: () => assert.fail("told of nonsense") });
      for (const payload of [...nonsense, ...broken]) reader.socket.deliver(name, payload);
      await reader.advance(MINUTE);
      assert.deepEqual(page.kinds, ["connecting", "live"]);
      assert.equal(page.deliveries.length, 1);
      deliver(storm.publish());
      assert.equal(page.timeline?.seq, storm.seq);
    });
  }

  test("[C2] a join answered with nonsense counts as unanswered", async () => {
    for (const reply of [...nonsense, { ok: true, mode: "snapshot", epoch: "run1", snapshot: { entries: [] } }]) {
      reader.willConnect("connects");
      reader.willAnswer("silence");
      const page = follow();
      await reader.advance(0);
      reader.socket.answer(0, reply);
      await reader.advance(9_999);
      assert.equal(reader.socket.closed, false);
      await reader.advance(1);
      assert.equal(reader.socket.closed, true);
      assert.deepEqual(page.kinds, ["connecting"]);
      page.close();
    }
  });

  test("[C2] a refusal of a connection that makes no sense is a lost attempt", async () => {
    for (const refused of nonsense) {
      reader.willConnect({ refusal: refused }, "pending");
      const page = follow();
      await reader.advance(500);
      assert.equal(reader.openSockets, 1);
      page.close();
    }
  });

  test("[C2] changes of a story that nobody follows are ignored", async () => {
    const page = await followLive();
    deliver(storm.publish(), new VirtualStory("storm-2", reader.now));
    deliver(storm.publish(), new VirtualStory("stor", reader.now));
    assert.equal(page.deliveries.length, 1);
    assert.equal(reader.socket.joins.length, 1);
  });

  test("[C2] a delay of years is not believed, one below nothing is nothing", async () => {
    await followLive();
    reader.socket.deliver("goodbye", { reconnectAfterMs: 1e15 });
    assert.equal(reader.clock.nextTimerMs, 24 * 60 * MINUTE);
    reader.willConnect("pending");
    reader.socket.deliver("goodbye", { reconnectAfterMs: -5 });
    await reader.advance(0);
    assert.equal(reader.sockets.length, 2);
  });

  test("[C2] a snapshot with a position of no node is as good as none", async () => {
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(undefined));
    follow({ snapshot: { ...storm.snapshot(), position: "x" } });
    await reader.advance(0);
    assert.equal(reader.socket.joins[0]?.position, undefined);
  });

  test("[C2] an address that is none is the caller's mistake", () => {
    assert.throws(() => follow({ url: "storm" }), TypeError);
  });
});
