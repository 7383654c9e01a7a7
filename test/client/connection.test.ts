import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { MINUTE, virtualPages } from "../support/virtual-page.ts";

let { reader, storm, follow, followLive, deliver } = virtualPages();
beforeEach(() => {
  ({ reader, storm, follow, followLive, deliver } = virtualPages());
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

  test("[C2] a page that is left gives up its socket, and takes a new one when it is come back to", async () => {
    const page = await followLive();
    await reader.see("stored");
    assert.equal(page.kinds.at(-1), "asleep");
    await reader.see("hidden");
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(storm.position));
    await reader.see("restored");
    assert.equal(reader.sockets.length, 2);
    assert.equal(reader.socket.joins.at(-1)?.position, storm.position);
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
