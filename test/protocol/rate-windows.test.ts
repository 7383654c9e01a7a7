import assert from "node:assert/strict";
import { test } from "node:test";
import { RateWindows } from "../../src/protocol/rate-windows.ts";

test("each key has windows of its own, which begin with its first count", () => {
  const windows = new RateWindows();
  assert.deepEqual(windows.count("a", 100, 0), { count: 1, endsInMs: 100 });
  assert.deepEqual(windows.count("b", 100, 60), { count: 1, endsInMs: 100 });
  assert.deepEqual(windows.count("a", 100, 99), { count: 2, endsInMs: 1 });
  assert.deepEqual(windows.count("a", 100, 100), { count: 1, endsInMs: 100 });
  assert.deepEqual(windows.count("b", 100, 159), { count: 2, endsInMs: 1 });
  assert.deepEqual(windows.count("short", 10, 160), { count: 1, endsInMs: 10 });
  assert.deepEqual(windows.count("short", 10, 170), { count: 1, endsInMs: 10 }, "also behind longer ones");
});

test("however many addresses come, only so many are remembered, and the newest are", () => {
  const windows = new RateWindows();
  for (let address = 0; address < 150_000; address += 1) windows.count(String(address), 100, 0);
  assert.equal(windows.count("149999", 100, 1).count, 2);
  assert.equal(windows.count("0", 100, 1).count, 1);
});
