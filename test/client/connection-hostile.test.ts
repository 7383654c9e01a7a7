import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MINUTE, virtualPages } from "../support/virtual-page.ts";
import { VirtualStory } from "../support/virtual-story.ts";

let { reader, storm, follow, followLive, deliver } = virtualPages();
beforeEach(() => {
  ({ reader, storm, follow, followLive, deliver } = virtualPages());
});

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
  const snapshot = storm.snapshot();
  const answers = [
    { ok: false, error: null },
    { ok: false, error: { code: "internal" } },
    { ok: true, mode: "changes", ...storm.changesSince(1) },
    { ok: true, mode: "changes", epoch: "run1", position: "run1.2.t2" },
    { ok: true, mode: "of_a_later_version", epoch: "run1", ...storm.changesSince(1) },
    { ok: true, mode: "snapshot", epoch: "run1" },
    { ok: true, mode: "snapshot", epoch: "run1", snapshot: { ...snapshot, story: null } },
    { ok: true, mode: "snapshot", epoch: "run1", snapshot: { ...snapshot, entries: {} } },
    { ok: true, mode: "snapshot", epoch: "run1", snapshot: { ...snapshot, entries: [{ id: 7 }] } },
  ];
  for (const reply of [...nonsense, ...answers]) {
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
