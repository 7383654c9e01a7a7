import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MINUTE, SITE, virtualPages } from "../support/virtual-page.ts";

let { reader, storm, follow, followLive, deliver } = virtualPages();
beforeEach(() => {
  ({ reader, storm, follow, followLive, deliver } = virtualPages());
});

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
    url: `${SITE}/api/v1/stories/storm?limit=50`,
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
  assert.equal(reader.requests[1]?.url, `${SITE}/api/v1/stories/storm/changes?after=${position}`);
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
