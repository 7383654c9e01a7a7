import assert from "node:assert/strict";
import { test } from "node:test";
import { Restarts } from "../../src/workers/restarts.ts";

const LONG_MS = 60_000;
const SHORT_MS = 300;

test("a worker that has lived is replaced at once, whatever came before", () => {
  const restarts = new Restarts();
  assert.equal(restarts.afterDeath(LONG_MS, false), 0);
  for (let n = 0; n < 4; n += 1) restarts.afterDeath(SHORT_MS, false);
  assert.equal(restarts.afterDeath(LONG_MS, false), 0);
  assert.equal(restarts.afterDeath(SHORT_MS, false), 250);
});

test("those that die at once are waited for ever longer, and given up after the fifth", () => {
  const restarts = new Restarts();
  const waits = Array.from({ length: 5 }, () => restarts.afterDeath(SHORT_MS, false));
  assert.deepEqual(waits, [250, 500, 1_000, 2_000, null]);
});

test("as long as another one serves readers, nothing is given up", () => {
  const restarts = new Restarts();
  const waits = Array.from({ length: 20 }, () => restarts.afterDeath(SHORT_MS, true));
  assert.equal(waits.at(-1), 30_000);
  assert.ok(!waits.includes(null));
});
