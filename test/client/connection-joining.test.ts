import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MINUTE, refusal, virtualPages } from "../support/virtual-page.ts";

let { reader, storm, follow, followLive } = virtualPages();
beforeEach(() => {
  ({ reader, storm, follow, followLive } = virtualPages());
});

test("[R1] a page with a snapshot asks only for what came later", async () => {
  const snapshot = storm.snapshot();
  const missed = storm.publish();
  reader.willConnect("connects");
  reader.willAnswer(storm.answer(snapshot.position));
  const page = follow({ snapshot, limit: 30 });
  await reader.advance(0);
  assert.deepEqual(reader.socket.joins, [{ story: "storm", position: snapshot.position, limit: 30, presence: false }]);
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
