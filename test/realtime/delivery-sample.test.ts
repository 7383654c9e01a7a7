import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Change } from "../../src/protocol/shapes.ts";
import { type DeliverySample, RecentRanges, Witness } from "../../src/realtime/delivery-sample.ts";

const SECOND = 1_000;

let now = 0;
/** How far the time of day is ahead of the store's. */
let skewMs = 0;
let ranges: RecentRanges;

beforeEach(() => {
  now = Date.parse("2024-11-06T00:00:00.000Z");
  skewMs = 0;
  ranges = new RecentRanges({ wallMs: () => now + skewMs, steadyMs: () => now });
});

/** A range that ends with a change that was committed so many milliseconds ago. */
function handOn(to: number, agoMs = 0): void {
  const background = { seq: to, html: "" };
  const change: Change = { seq: to, at: new Date(now - agoMs).toISOString(), kind: "background", background };
  ranges.note({ from: to - 1, to, changes: [change], position: "" });
}

/** What a reader may say who has joined at a seq. */
function joined(seq: number, witness = new Witness(0)): DeliverySample {
  return witness.sample(ranges, 1, seq) ?? assert.fail("it is not asked");
}

test("a report is measured from the commit of the change until it arrives", () => {
  const sample = joined(1);
  handOn(2, 120);
  now += 80;
  assert.equal(sample.hear(2), 200);
});

test("what the store's clock is ahead of ours makes no delivery shorter than the time since it was handed on", () => {
  const sample = joined(1);
  skewMs = -5 * SECOND;
  handOn(2, 0);
  now += 80;
  assert.equal(sample.hear(2), 80);
});

test("a report of what was not delivered says nothing: the reply, the past, the future, another story's seq", () => {
  handOn(5);
  const sample = joined(5);
  handOn(6);
  for (const seq of [1, 5, 7, Number.MAX_SAFE_INTEGER]) assert.equal(sample.hear(seq), null, String(seq));
  assert.equal(sample.hear(6), 0);
});

test("a reader is heard once for a range, never again for an earlier one, and not more often than every 9 s", () => {
  const sample = joined(1);
  handOn(2);
  handOn(3);
  assert.equal(sample.hear(3), 0);
  assert.equal(sample.hear(3), null);
  handOn(4);
  now += 9 * SECOND - 1;
  assert.equal(sample.hear(4), null);
  now += 1;
  assert.equal(sample.hear(2), null);
  assert.equal(sample.hear(4), 9 * SECOND);
});

test("a report that comes a minute later says nothing; a change that was itself delivered late counts in full", () => {
  const sample = joined(1);
  handOn(2);
  now += 60 * SECOND + 1;
  assert.equal(sample.hear(2), null);
  handOn(3, 90 * SECOND);
  assert.equal(sample.hear(3), 90 * SECOND);
});

test("no more than the last 64 ranges are remembered", () => {
  const sample = joined(0);
  for (let seq = 1; seq <= 65; seq += 1) handOn(seq);
  assert.equal(sample.hear(1), null);
  assert.equal(sample.hear(2), 0);
});

test("of few readers all are asked, of many about twenty", () => {
  const asked = (readers: number) =>
    Array.from({ length: readers }, (_, index) => new Witness(index / readers)).filter((one) =>
      one.sample(ranges, readers, 1),
    ).length;
  assert.deepEqual([1, 20, 1_000, 25_000].map(asked), [1, 20, 20, 20]);
});

test("joining again, or another story, neither makes a reader one that is asked nor lets it be heard more often", () => {
  const unasked = new Witness(0.5);
  for (let joins = 0; joins < 100; joins += 1) assert.equal(unasked.sample(ranges, 1_000, 1), null);
  const witness = new Witness(0);
  handOn(2);
  assert.equal(joined(1, witness).hear(2), 0);
  handOn(3);
  assert.equal(joined(2, witness).hear(3), null);
});
