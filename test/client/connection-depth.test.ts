import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Snapshot } from "../../src/protocol/shapes.ts";
import { MINUTE, virtualPages } from "../support/virtual-page.ts";

/** Entries that the service answers at once, that the reader has in front of them, and that came meanwhile. */
const AT_ONCE = 10;
const SHOWN = 30;
const MISSED = 40;

let { reader, storm, follow, deliver } = virtualPages();
/** What each request for a page gets, in turn; then pages as they are. */
let pages: ((page: Snapshot) => Response | Promise<Response>)[];

beforeEach(() => {
  ({ reader, storm, follow, deliver } = virtualPages());
  for (let n = 0; n < 99; n += 1) storm.publish(100 * MINUTE - n * MINUTE);
  pages = [];
  reader.get = async (url, headers) => {
    reader.requests.push({ url, headers });
    const page = storm.snapshot(AT_ONCE, new URL(url).searchParams.get("before"));
    return (pages.shift() ?? Response.json)(page);
  };
});

/** A reader who missed a lot, and is answered with the newest entries. */
async function comeBack() {
  const snapshot = storm.snapshot(SHOWN);
  for (let n = 0; n < MISSED; n += 1) storm.publish();
  reader.willConnect("connects");
  reader.willAnswer(storm.answer(undefined, AT_ONCE));
  const page = follow({ snapshot, limit: AT_ONCE });
  await reader.advance(0);
  return page;
}

function ids(entries: readonly { id: string }[] | undefined): string[] {
  return (entries ?? []).map(({ id }) => id);
}

test("[C3] a snapshot that ends above what is on the page is completed by the pages below, as far and no further", async () => {
  const page = await comeBack();
  assert.deepEqual(ids(page.timeline?.entries), ids(storm.entries.slice(0, SHOWN + MISSED)));
  assert.equal(page.timeline?.total, 100 + MISSED);
  assert.equal(page.deliveries.length, 1, "drawn once, and whole");
  assert.equal(page.kinds.at(-1), "live");
  assert.equal(reader.requests.length, (SHOWN + MISSED) / AT_ONCE - 1);
  assert.match(reader.requests[0]?.url ?? "", /\/api\/v1\/stories\/storm\?limit=200&before=/);
});

test("[C3] what is on the page already is asked for with the next join", async () => {
  await comeBack();
  reader.socket.lose();
  reader.willConnect("connects");
  reader.willAnswer(storm.answer(storm.position));
  await reader.advance(MINUTE);
  assert.equal(reader.socket.joins.at(-1)?.limit, 100);
});

test("[C1] what happens while pages are read is there once, and nothing that was withdrawn", async () => {
  const [third, second, first] = storm.entries.slice(SHOWN - 3, SHOWN);
  assert.ok(first && second && third);
  const happen = () => {
    deliver(storm.publish(50 * MINUTE));
    deliver(storm.publish());
    deliver(storm.revise(first));
    deliver(storm.retract(second));
    const { searchParams } = new URL(reader.requests.at(-1)?.url ?? "");
    return Response.json(storm.snapshot(AT_ONCE, searchParams.get("before")));
  };
  pages = [Response.json, happen, Response.json, happen];
  const page = await comeBack();
  assert.equal(page.timeline?.entries.at(-1)?.id, first.id);
  assert.deepEqual(page.timeline?.entries, storm.entries.slice(0, page.timeline?.entries.length));
  assert.equal(page.timeline?.total, storm.entries.length);
  assert.equal(page.timeline?.position, storm.position);
});

test("[S6] a page from before the snapshot is asked for again: it may show what was withdrawn since", async () => {
  const stale = storm.snapshot(AT_ONCE);
  pages = [() => Response.json(stale)];
  const page = await comeBack();
  assert.equal(page.deliveries.length, 0);
  await reader.advance(MINUTE);
  assert.deepEqual(ids(page.timeline?.entries), ids(storm.entries.slice(0, SHOWN + MISSED)));
});

test("[C2] pages that cannot be had do not keep a reader from what is new, nor does one that never comes", async () => {
  const fail = () => Promise.reject(new TypeError("no network"));
  pages = Array.from({ length: 100 }, () => fail);
  const page = await comeBack();
  assert.equal(page.deliveries.length, 0);
  await reader.advance(MINUTE);
  assert.deepEqual(ids(page.timeline?.entries), ids(storm.entries.slice(0, AT_ONCE)));
  assert.equal(page.kinds.at(-1), "live");
  assert.equal(reader.requests.length, 5);
});

test("[C2] pages without an answer hold a reader up for no more than a quarter of a minute", async () => {
  pages = [Response.json, () => new Promise(() => {})];
  const page = await comeBack();
  await reader.advance(MINUTE / 4 - 1);
  assert.equal(page.kinds.at(-1), "connecting");
  await reader.advance(1);
  assert.equal(page.kinds.at(-1), "live");
  assert.deepEqual(ids(page.timeline?.entries), ids(storm.entries.slice(0, 2 * AT_ONCE)));
  assert.equal(reader.sockets.length, 1);
});

test("[C3] where the last entry of the page was withdrawn, the page ends where it ended", async () => {
  const snapshot = storm.snapshot(SHOWN);
  const last = snapshot.entries.at(-1);
  assert.ok(last);
  for (let n = 0; n < MISSED; n += 1) storm.publish();
  storm.retract(last);
  reader.willConnect("connects");
  reader.willAnswer(storm.answer(undefined, AT_ONCE));
  const page = follow({ snapshot, limit: AT_ONCE });
  await reader.advance(0);
  assert.deepEqual(ids(page.timeline?.entries), ids(storm.entries.slice(0, SHOWN + MISSED - 1)));
  assert.equal(page.timeline?.older, snapshot.older);
});
