import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { backoffMs, lookDelayMs } from "../../src/client/connection-limits.ts";
import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  connectionDueAt,
  initialConnection,
  type PauseReason,
  transitionConnection,
} from "../../src/client/connection-state.ts";

const NEVER = Number.POSITIVE_INFINITY;
const NOW = 1_000_000;
const AT = { now: NOW, random: 0.5 };
const MINUTE = 60_000;

type Kind = ConnectionState["kind"];
type Type = ConnectionEvent["type"];
type Carried = Extract<ConnectionState, { kind: "waiting" }>["carried"];

function carried(more: Partial<Carried> = {}): Carried {
  return { sleepAt: NEVER, failures: 2, notBefore: 0, ...more };
}
function paused(reasons: PauseReason[], more: Partial<Carried> = {}): ConnectionState {
  return { kind: "paused", carried: carried(more), reasons };
}
function connecting(more: Partial<Carried> = {}, giveUpAt = NOW + 20_000): ConnectionState {
  return { kind: "connecting", carried: carried(more), giveUpAt };
}
function connected(more: Partial<Carried> = {}, since = NOW - MINUTE): ConnectionState {
  return { kind: "connected", carried: carried(more), since };
}
function leaving(more: Partial<Carried> = {}, leaveAt = NOW + 3_000): ConnectionState {
  return { kind: "leaving", carried: carried(more), since: NOW - MINUTE, leaveAt };
}
function waiting(retryAt: number, more: Partial<Carried> = {}): ConnectionState {
  return { kind: "waiting", carried: carried(more), retryAt };
}
const refused: ConnectionState = { kind: "refused", code: "forbidden", message: "no" };
const stopped: ConnectionState = { kind: "stopped" };

/** One of each state, and one of each event, to meet in the table. */
const states: { [K in Kind]: Extract<ConnectionState, { kind: K }> } = {
  paused: { kind: "paused", carried: carried(), reasons: ["offline"] },
  connecting: { kind: "connecting", carried: carried(), giveUpAt: NOW },
  connected: { kind: "connected", carried: carried(), since: NOW - MINUTE },
  leaving: { kind: "leaving", carried: carried(), since: NOW - MINUTE, leaveAt: NOW },
  waiting: { kind: "waiting", carried: carried(), retryAt: NOW },
  refused,
  stopped,
};
const events: { [T in Type]: ConnectionEvent & { type: T } } = {
  connected: { type: "connected" },
  lost: { type: "lost" },
  refused: { type: "refused", code: "rate_limited", message: "later", retryAfterMs: 7_000 },
  goodbye: { type: "goodbye", reconnectAfterMs: 5_000 },
  hidden: { type: "hidden" },
  stored: { type: "stored" },
  visible: { type: "visible" },
  offline: { type: "offline" },
  online: { type: "online" },
  unneeded: { type: "unneeded" },
  needed: { type: "needed" },
  due: { type: "due" },
  stop: { type: "stop" },
};

/** What comes of it, or `same`: the very state, and nothing to do. */
type Cell = "same" | [ConnectionState, ...ConnectionEffect[]];
const sleepAt = NOW + 5 * MINUTE;
const open: Cell = [connecting(), "open"];

const table: Record<Kind, Record<Type, Cell>> = {
  paused: {
    connected: "same",
    lost: "same",
    refused: "same",
    goodbye: "same",
    hidden: [paused(["offline"], { sleepAt })],
    stored: [paused(["offline", "hidden"])],
    visible: "same",
    offline: "same",
    online: open,
    unneeded: [paused(["offline", "unneeded"])],
    needed: "same",
    due: "same",
    stop: [stopped],
  },
  connecting: {
    connected: [connected({}, NOW)],
    lost: [waiting(NOW + 1_000, { failures: 3 }), "close"],
    refused: [waiting(NOW + 7_000, { notBefore: NOW + 7_000 }), "close"],
    goodbye: "same",
    hidden: [connecting({ sleepAt }, NOW)],
    stored: [paused(["hidden"]), "close"],
    visible: "same",
    offline: [paused(["offline"]), "close"],
    online: "same",
    unneeded: [paused(["unneeded"]), "close"],
    needed: "same",
    due: [waiting(NOW + 1_000, { failures: 3 }), "close"],
    stop: [stopped, "close"],
  },
  connected: {
    connected: "same",
    lost: [waiting(NOW + 250, { failures: 1 }), "close"],
    refused: "same",
    goodbye: [leaving({}, NOW + 5_000)],
    hidden: [connected({ sleepAt })],
    stored: [paused(["hidden"]), "close"],
    visible: "same",
    offline: [paused(["offline"]), "close"],
    online: "same",
    unneeded: [paused(["unneeded"]), "close"],
    needed: "same",
    due: "same",
    stop: [stopped, "close"],
  },
  leaving: {
    connected: "same",
    lost: [waiting(NOW + 250, { failures: 1 }), "close"],
    refused: "same",
    goodbye: "same",
    hidden: [leaving({ sleepAt }, NOW)],
    stored: [paused(["hidden"]), "close"],
    visible: "same",
    offline: [paused(["offline"]), "close"],
    online: "same",
    unneeded: [paused(["unneeded"]), "close"],
    needed: "same",
    due: [connecting(), "close", "open"],
    stop: [stopped, "close"],
  },
  waiting: {
    connected: "same",
    lost: "same",
    refused: "same",
    goodbye: "same",
    hidden: [waiting(NOW, { sleepAt })],
    stored: [paused(["hidden"])],
    visible: open,
    offline: [paused(["offline"])],
    online: open,
    unneeded: [paused(["unneeded"])],
    needed: "same",
    due: open,
    stop: [stopped],
  },
  refused: {
    connected: "same",
    lost: "same",
    refused: "same",
    goodbye: "same",
    hidden: "same",
    stored: "same",
    visible: "same",
    offline: "same",
    online: "same",
    unneeded: "same",
    needed: "same",
    due: "same",
    stop: [stopped],
  },
  stopped: {
    connected: "same",
    lost: "same",
    refused: "same",
    goodbye: "same",
    hidden: "same",
    stored: "same",
    visible: "same",
    offline: "same",
    online: "same",
    unneeded: "same",
    needed: "same",
    due: "same",
    stop: "same",
  },
};

for (const state of Object.values(states)) {
  for (const event of Object.values(events)) {
    const cell = table[state.kind][event.type];
    const outcome = cell === "same" ? "stays as it is" : `becomes ${[cell[0].kind, ...cell.slice(1)].join(", ")}`;
    test(`[C2] a connection that is ${state.kind} ${outcome} on ${event.type}`, () => check(state, event, cell));
  }
}

function check(state: ConnectionState, event: ConnectionEvent, cell: Cell): void {
  const step = transitionConnection(state, event, AT);
  if (cell === "same") {
    assert.equal(step.state, state);
    assert.deepEqual(step.effects, []);
  } else {
    const [next, ...effects] = cell;
    assert.deepEqual(step, { state: next, effects });
  }
}

test("[C2] a new connection waits for a story, and for the network if there is none", () => {
  const reader = { visible: true, online: true };
  assert.deepEqual(initialConnection(reader, NOW), paused(["unneeded"], { failures: 0 }));
  const offline = initialConnection({ ...reader, online: false }, NOW);
  assert.deepEqual(offline, paused(["unneeded", "offline"], { failures: 0 }));
  check(offline, events.needed, [paused(["offline"], { failures: 0 })]);
  check(paused(["unneeded"]), events.needed, open);
});

test("[C2] a tab opened in the background sleeps after its five minutes", () => {
  const state = initialConnection({ visible: false, online: true }, NOW);
  assert.equal(connectionDueAt(state), sleepAt);
  check(paused(["unneeded"], { sleepAt: NOW }), events.due, [paused(["unneeded", "hidden"])]);
});

test("[C2] each pause reason is lifted by its own counterpart only", () => {
  check(paused(["hidden", "offline"]), events.visible, [paused(["offline"])]);
  check(paused(["hidden", "offline"]), events.online, [paused(["hidden"])]);
  check(paused(["hidden"]), events.online, "same");
  check(paused(["hidden"]), events.needed, "same");
  check(paused(["hidden"]), events.visible, open);
});

test("[C2] a hidden tab sleeps when its five minutes are over, and not a moment earlier", () => {
  for (const state of [connected({ sleepAt: NOW }), leaving({ sleepAt: NOW }, NOW), connecting({ sleepAt: NOW })]) {
    check(state, events.due, [paused(["hidden"]), "close"]);
  }
  check(waiting(NOW, { sleepAt: NOW }), events.due, [paused(["hidden"])]);
  check(connected({ sleepAt: NOW + 1 }), events.due, "same");
  check(connected({ sleepAt: NOW + 1 }), events.visible, [connected()]);
  check(connected({ sleepAt: NOW + 1 }), events.hidden, "same");
  check(paused(["hidden"]), events.hidden, "same");
});

test("[C2] nothing that is due later happens now", () => {
  check(connecting({}, NOW + 1), events.due, "same");
  check(waiting(NOW + 1), events.due, "same");
  check(leaving({}, NOW + 1), events.due, "same");
});

test("[R4] a second goodbye may hurry a reader, never hold it back", () => {
  check(leaving({}, NOW + 5_001), events.goodbye, [leaving({}, NOW + 5_000)]);
  check(leaving({}, NOW + 5_000), events.goodbye, "same");
});

test("[C2] the delay of a refusal holds whatever the reader does meanwhile", () => {
  const told = { notBefore: NOW + 1 };
  check(waiting(NOW + 1, told), events.visible, "same");
  check(waiting(NOW + 1, told), events.online, "same");
  check(waiting(NOW, { notBefore: NOW }), events.visible, [connecting({ notBefore: NOW }), "open"]);
  check(paused(["offline"], told), events.online, [waiting(NOW + 1, told)]);
  check(paused(["hidden"], told), events.visible, [waiting(NOW + 1, told)]);
});

test("[C2] a refusal for good ends it, one without a delay backs off", () => {
  const refusal = { type: "refused", message: "no", retryAfterMs: undefined } as const;
  check(connecting(), { ...refusal, code: "forbidden" }, [refused, "close"]);
  check(connecting(), { ...refusal, code: "of_a_later_version" }, [waiting(NOW + 1_000, { failures: 3 }), "close"]);
});

test("[C2] a connection that did not last counts as a failure", () => {
  check(connected({}, NOW - 29_999), events.lost, [waiting(NOW + 1_000, { failures: 3 }), "close"]);
  check(connected({}, NOW - 30_000), events.lost, [waiting(NOW + 250, { failures: 1 }), "close"]);
});

const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("[C2] back-off is bounded by 500 ms at first, doubles, and never exceeds 30 s", () => {
  fc.assert(
    fc.property(fc.nat({ max: 5_000 }), chances, (failures, random) => {
      const delay = backoffMs(failures, random);
      assert.ok(delay >= 0 && delay < Math.min(30_000, 500 * 2 ** failures), `${delay}`);
    }),
  );
});

test("[C2] back-off spreads readers over the whole bound, from at once on", () => {
  fc.assert(
    fc.property(fc.nat({ max: 5_000 }), chances, chances, (failures, one, other) => {
      assert.equal(backoffMs(failures, 0), 0);
      assert.ok(backoffMs(failures, 0.999) > 0.99 * Math.min(30_000, 500 * 2 ** failures));
      const [low, high] = one < other ? [one, other] : [other, one];
      assert.ok(backoffMs(failures, low) <= backoffMs(failures, high));
    }),
  );
});

test("[C2] looks at an ended story come within the minute and not in step", () => {
  fc.assert(
    fc.property(chances, (random) => {
      assert.ok(lookDelayMs(random) >= 45_000 && lookDelayMs(random) <= MINUTE);
    }),
  );
  assert.notEqual(lookDelayMs(0), lookDelayMs(0.9));
});

test("[C2] whatever happens in whatever order, a socket is open exactly while the state says so", () => {
  const anything = fc.array(fc.tuple(fc.constantFrom(...Object.values(events)), fc.nat({ max: 400_000 }), chances));
  fc.assert(
    fc.property(anything, (steps) => {
      let state = initialConnection({ visible: true, online: true }, NOW);
      let now = NOW;
      let isOpen = false;
      for (const [event, laterMs, random] of steps) {
        now += laterMs;
        const step = transitionConnection(state, event, { now, random });
        for (const effect of step.effects) {
          assert.equal(isOpen, effect === "close", `${effect} on ${event.type} while ${state.kind}`);
          isOpen = effect === "open";
        }
        state = step.state;
        assert.equal(isOpen, ["connecting", "connected", "leaving"].includes(state.kind));
      }
    }),
  );
});
