import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { announcer } from "../../src/client/live-page-announcer.ts";

test("the same words are spoken again for each arrival that comes after a while", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const said: (number | null)[] = [];
  const announce = announcer(
    () => 1,
    (count) => said.at(-1) !== count && said.push(count),
  );
  for (let arrival = 0; arrival < 3; arrival += 1) {
    announce();
    mock.timers.tick(4_000);
  }
  assert.deepEqual(
    said.filter((count) => count !== null),
    [1, 1, 1],
  );
});

test("a burst is spoken of once, and the region is empty a while later", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const said: (number | null)[] = [];
  let waiting = 0;
  const announce = announcer(
    () => waiting,
    (count) => said.at(-1) !== count && said.push(count),
  );
  for (waiting = 1; waiting < 4; waiting += 1) {
    announce();
    mock.timers.tick(500);
  }
  waiting = 3;
  for (let second = 0; second < 10; second += 1) mock.timers.tick(1_000);
  assert.deepEqual(said, [null, 3, null]);
});
