import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { JoinReply } from "../../src/protocol/events.ts";
import { MINUTE, refusal, virtualPages } from "../support/virtual-page.ts";

let { reader, storm, follow, followLive, deliver } = virtualPages();
beforeEach(() => {
  ({ reader, storm, follow, followLive, deliver } = virtualPages());
});

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

test("[C1] another commit of the same seq is shown", async () => {
  const page = await followLive();
  const position = "run1.2.other";
  reader.willAnswer({ ...storm.answer(undefined), snapshot: { ...storm.snapshot(), position } } as JoinReply);
  reader.socket.deliver("reset", { story: "storm", reason: "restored", afterMs: 0 });
  await reader.advance(0);
  assert.equal(page.timeline?.position, position);
});

test("[C1] kinds of a later version are passed over, and still move the reader on", async () => {
  const page = await followLive();
  deliver(storm.doSomethingUnknown());
  deliver(storm.publish());
  await reader.advance(0);
  assert.equal(page.timeline?.seq, storm.seq);
  assert.equal(reader.socket.joins.length, 1);
});

for (const [proof, hear] of [
  ["a heartbeat", () => reader.socket.beat()],
  ["a word about another story", () => reader.socket.deliver("presence", { story: "flood", watching: 7 })],
] as const) {
  test(`[C2] since is the last proof of being whole, be it ${proof}`, async () => {
    const page = await followLive();
    await reader.advance(MINUTE);
    hear();
    const heardAt = reader.now();
    await reader.advance(10_000);
    await reader.see("offline");
    assert.deepEqual(page.states.at(-1), { kind: "offline", since: heardAt });
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(storm.position));
    await reader.see("online");
    assert.deepEqual(page.states.at(-1), { kind: "live", since: reader.now() });
  });
}

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
