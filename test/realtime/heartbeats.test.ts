import assert from "node:assert/strict";
import { test } from "node:test";
import { Heartbeats, PING_INTERVAL_MS, PING_TIMEOUT_MS } from "../../src/realtime/heartbeats.ts";

class Patient {
  heartbeatSlot = 0;
  owesSign = false;
  readonly events: string[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }
  ping(): void {
    this.events.push(`ping ${this.#now()}`);
  }
  expire(): void {
    this.events.push(`expire ${this.#now()}`);
  }
}

const INTERVAL = PING_INTERVAL_MS / 1_000;
const TIMEOUT = PING_TIMEOUT_MS / 1_000;

test("a connection is pinged once in an interval, and ended when it has given no sign in time", (t) => {
  let second = 0;
  const heartbeats = new Heartbeats<Patient>();
  t.after(() => heartbeats.stop());
  const after = (seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 1) {
      second += 1;
      heartbeats.tick();
    }
  };
  after(3);
  const [alive, dead, gone] = [new Patient(() => second), new Patient(() => second), new Patient(() => second)];
  for (const patient of [alive, dead, gone]) heartbeats.add(patient);
  assert.equal([...heartbeats].length, 3);
  heartbeats.remove(gone);
  after(INTERVAL);
  assert.equal(alive.owesSign, true);
  alive.owesSign = false;
  after(TIMEOUT);
  heartbeats.remove(dead);
  after(INTERVAL - TIMEOUT);
  const [first, next] = [3 + INTERVAL, 3 + 2 * INTERVAL];
  assert.deepEqual(alive.events, [`ping ${first}`, `ping ${next}`]);
  assert.deepEqual(dead.events, [`ping ${first}`, `expire ${first + TIMEOUT}`]);
  assert.deepEqual(gone.events, []);
});
