import assert from "node:assert/strict";
import { test } from "node:test";
import { presenceIntervalMs, roundedAudience } from "../../src/realtime/presence.ts";

test("an audience is told exactly up to a thousand, with two significant digits above", () => {
  const told = [0, 1, 999, 1_000, 1_001, 1_049, 1_050, 12_345, 987_654].map(roundedAudience);
  assert.deepEqual(told, [0, 1, 999, 1_000, 1_000, 1_000, 1_100, 12_000, 990_000]);
});

test("larger audiences are told less often, between 5 and 30 s", () => {
  assert.deepEqual([0, 1_000, 10_000, 1_000_000].map(presenceIntervalMs), [5_000, 7_500, 30_000, 30_000]);
});
