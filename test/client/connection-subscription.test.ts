import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Held,
  initialSubscription,
  type Subscribed,
  type SubscriptionEffect,
  type SubscriptionEvent,
  type SubscriptionState,
} from "../../src/client/connection-subscription.ts";
import { transitionSubscription } from "../../src/client/connection-subscription-steps.ts";
import type { ChangesEvent, JoinReply } from "../../src/protocol/events.ts";
import type { ProblemCode } from "../../src/protocol/problem.ts";
import type { Changes } from "../../src/protocol/shapes.ts";
import { fromSnapshot, receive, type Timeline, trim } from "../../src/protocol/timeline.ts";
import { VirtualStory } from "../support/virtual-story.ts";

const NEVER = Number.POSITIVE_INFINITY;
const NOW = 1_000_000;
const AT = { now: NOW, random: 0.5, visible: true };
/** With a chance of a half. */
const LOOK_MS = 52_500;

/** A story at seq 3 when the reader took it, and two ranges since. */
const story = new VirtualStory("storm", () => NOW);
story.publish();
story.publish();
const atThree = fromSnapshot(story.epoch, story.snapshot());
const third = toEvent(story.publish());
const fourth = toEvent(story.publish());
const atFour = after(atThree, third);
const atFive = after(atFour, fourth);
const answer: JoinReply = { ok: true, mode: "changes", epoch: story.epoch, ...story.changesSince(3) };
const snapshotAnswer: JoinReply = { ok: true, mode: "snapshot", epoch: story.epoch, snapshot: story.snapshot() };
const nothingNew: JoinReply = { ok: true, mode: "changes", epoch: story.epoch, ...story.changesSince(5) };

const ended = new VirtualStory("storm", () => NOW);
ended.patch({ status: "ended" });
const atEnd = fromSnapshot(ended.epoch, ended.snapshot());
const reopening = toEvent(ended.patch({ status: "live" }));
const reopened = after(atEnd, reopening);

function toEvent(range: Changes): ChangesEvent {
  return { story: "storm", epoch: "run1", ...range };
}
function after(timeline: Timeline, range: ChangesEvent): Timeline {
  return receive(timeline, range.epoch, range).timeline;
}
function newestOf(timeline: Timeline): Timeline {
  return trim(timeline, 1, timeline.seq - 1_000);
}
function held(more: Partial<Held> = {}): Held {
  const before = { wholeAt: NOW - 60_000, afresh: false, notBefore: 0, failures: 2, joins: 7, reportAt: 0 };
  return { timeline: atThree, ...before, ...more };
}
function apart(more: Partial<Held> = {}): SubscriptionState {
  return { kind: "apart", held: held(more) };
}
function joining(more: Partial<Held> = {}, early: ChangesEvent[] = [], answerBy = NOW + 10_000): Subscribed<"joining"> {
  const asked = more.afresh ? undefined : atThree.position;
  return { kind: "joining", held: held(more), asked, answerBy, early };
}
function live(more: Partial<Held> = {}, sampled = false): SubscriptionState {
  return { kind: "live", held: held(more), sampled };
}
function waiting(more: Partial<Held> = {}): SubscriptionState {
  return { kind: "waiting", held: held(more) };
}
function resting(more: Partial<Held> = {}, lookAt = NOW + LOOK_MS, looking = false): SubscriptionState {
  return { kind: "ended", held: held({ timeline: atEnd, ...more }), lookAt, looking };
}
function refusal(code: ProblemCode, retryable = false): JoinReply {
  return { ok: false, error: { code, message: "no", retryable } };
}
const left: SubscriptionState = { kind: "left" };

const join = (number = 8, position: string | undefined = atThree.position): SubscriptionEffect => ({
  type: "join",
  join: number,
  position,
});
const joinAfresh: SubscriptionEffect = { type: "join", join: 8, position: undefined };
const leave: SubscriptionEffect = { type: "leave" };
const look: SubscriptionEffect = { type: "look", position: atEnd.position };
const news = (timeline: Timeline, changes: ChangesEvent["changes"] | null): SubscriptionEffect => ({
  type: "timeline",
  timeline,
  changes,
});

type Kind = SubscriptionState["kind"];
type Type = SubscriptionEvent["type"];
type Cell = "same" | [SubscriptionState, ...SubscriptionEffect[]];

/** One of each state, and one of each event, to meet in the table. */
const states: { [K in Kind]: SubscriptionState & { kind: K } } = {
  apart: { kind: "apart", held: held() },
  joining: { kind: "joining", held: held(), asked: atThree.position, answerBy: NOW, early: [] },
  live: { kind: "live", held: held(), sampled: false },
  waiting: { kind: "waiting", held: held({ notBefore: NOW }) },
  ended: { kind: "ended", held: held({ timeline: atEnd }), lookAt: NOW, looking: false },
  refused: { kind: "refused", code: "forbidden", message: "no" },
  left: { kind: "left" },
};
const events: { [T in Type]: SubscriptionEvent & { type: T } } = {
  connected: { type: "connected" },
  disconnected: { type: "disconnected", heardAt: NOW - 10 },
  answering: { type: "answering", join: 7 },
  answered: { type: "answered", join: 7, reply: answer },
  range: { type: "range", range: third },
  reset: { type: "reset", afterMs: 4_000 },
  looked: { type: "looked", reply: null },
  visible: { type: "visible" },
  rejoin: { type: "rejoin" },
  widen: { type: "widen" },
  shorten: { type: "shorten", count: 1 },
  due: { type: "due" },
  leave: { type: "leave" },
};
const whole = { wholeAt: NOW, failures: 0 };
const resetting = waiting({ afresh: true, notBefore: NOW + 4_000 });

const table: Record<Kind, Record<Type, Cell>> = {
  apart: {
    connected: [joining({ joins: 8 }), join()],
    disconnected: "same",
    answering: "same",
    answered: "same",
    range: "same",
    reset: "same",
    looked: "same",
    visible: "same",
    rejoin: "same",
    widen: [apart({ afresh: true })],
    shorten: [apart({ timeline: newestOf(atThree) })],
    due: "same",
    leave: [left],
  },
  joining: {
    connected: "same",
    disconnected: [apart()],
    answering: [joining({}, [], NOW + 20_000)],
    answered: [live({ ...whole, timeline: atFive }), news(atFive, story.changesSince(3).changes)],
    range: [joining({ timeline: atFour }, [], NOW), news(atFour, third.changes)],
    reset: [resetting],
    looked: "same",
    visible: "same",
    rejoin: [joining({ joins: 8 }), join()],
    widen: [joining({ joins: 8, afresh: true }), joinAfresh],
    shorten: [joining({ timeline: newestOf(atThree) }, [], NOW)],
    due: [apart(), { type: "lost" }],
    leave: [left, leave],
  },
  live: {
    connected: "same",
    disconnected: [apart({ wholeAt: NOW - 10 })],
    answering: "same",
    answered: "same",
    range: [live({ ...whole, timeline: atFour }), news(atFour, third.changes)],
    reset: [resetting],
    looked: "same",
    visible: "same",
    rejoin: [joining({ joins: 8 }), join()],
    widen: [joining({ joins: 8, afresh: true }), joinAfresh],
    shorten: [live({ timeline: newestOf(atThree) })],
    due: "same",
    leave: [left, leave],
  },
  waiting: {
    connected: "same",
    disconnected: [apart({ notBefore: NOW })],
    answering: "same",
    answered: "same",
    range: "same",
    reset: [resetting],
    looked: "same",
    visible: "same",
    rejoin: "same",
    widen: [waiting({ afresh: true, notBefore: NOW })],
    shorten: [waiting({ timeline: newestOf(atThree), notBefore: NOW })],
    due: [joining({ joins: 8, notBefore: NOW }), join()],
    leave: [left, leave],
  },
  ended: {
    connected: "same",
    disconnected: "same",
    answering: "same",
    answered: "same",
    range: "same",
    reset: "same",
    looked: [resting()],
    visible: [resting({}, NEVER, true), look],
    rejoin: [resting({}, NEVER, true), look],
    widen: [apart({ afresh: true, timeline: atEnd })],
    shorten: "same",
    due: [resting({}, NEVER, true), look],
    leave: [left],
  },
  refused: {
    connected: "same",
    disconnected: "same",
    answering: "same",
    answered: "same",
    range: "same",
    reset: "same",
    looked: "same",
    visible: "same",
    rejoin: "same",
    widen: "same",
    shorten: "same",
    due: "same",
    leave: [left],
  },
  left: {
    connected: "same",
    disconnected: "same",
    answering: "same",
    answered: "same",
    range: "same",
    reset: "same",
    looked: "same",
    visible: "same",
    rejoin: "same",
    widen: "same",
    shorten: "same",
    due: "same",
    leave: "same",
  },
};

for (const state of Object.values(states)) {
  for (const event of Object.values(events)) {
    const cell = table[state.kind][event.type];
    const effects = cell === "same" ? [] : cell.slice(1).map((effect) => `, ${(effect as SubscriptionEffect).type}`);
    const outcome = cell === "same" ? "stays as it is" : `becomes ${cell[0].kind}${effects.join("")}`;
    test(`[C2] a story that is ${state.kind} ${outcome} on ${event.type}`, () => check(state, event, cell));
  }
}

function check(state: SubscriptionState, event: SubscriptionEvent, cell: Cell, at = AT): void {
  const step = transitionSubscription(state, event, at);
  if (cell === "same") {
    assert.equal(step.state, state);
    assert.deepEqual(step.effects, []);
  } else {
    const [next, ...effects] = cell;
    assert.deepEqual(step, { state: next, effects });
  }
}

function answered(reply: JoinReply): SubscriptionEvent {
  return { type: "answered", join: 7, reply };
}

test("[C2] a story begins apart, or ended when the page already shows its end", () => {
  const fresh = { wholeAt: null, failures: 0, joins: 0 };
  assert.deepEqual(initialSubscription(null, AT), apart({ ...fresh, timeline: null }));
  assert.deepEqual(initialSubscription(atThree, AT), apart(fresh));
  assert.deepEqual(initialSubscription(atEnd, AT), resting(fresh));
});

test("[C2] the answer to an earlier join is not taken for that of the latest", () => {
  check(joining(), { type: "answered", join: 6, reply: answer }, "same");
});

test("[R1] a range that comes before its answer is kept, and applied once", () => {
  check(joining(), { type: "range", range: fourth }, [joining({}, [fourth])]);
  const upToFour: JoinReply = { ok: true, mode: "changes", ...third };
  check(joining({}, [fourth]), answered(upToFour), [
    live({ ...whole, timeline: atFive }),
    news(atFour, third.changes),
    news(atFive, fourth.changes),
  ]);
  check(joining({}, [fourth]), answered(answer), [
    live({ ...whole, timeline: atFive }),
    news(atFive, story.changesSince(3).changes),
  ]);
});

test("[R1] a reader without a timeline keeps every range until its snapshot", () => {
  const early = joining({ timeline: null }, [third]);
  check(joining({ timeline: null }), { type: "range", range: third }, [joining({ timeline: null }, [third])]);
  const taken = fromSnapshot("run1", story.snapshot());
  check(early, answered(snapshotAnswer), [live({ ...whole, timeline: taken }), news(taken, null)]);
});

test("[C1] a hole that the answer leaves open is asked for again", () => {
  const stale: JoinReply = { ok: true, mode: "changes", epoch: "run1", from: 3, to: 3, changes: [], position: "p" };
  check(joining({}, [fourth, third]), answered(stale), [
    { ...joining({ joins: 8, timeline: atFour }), asked: atFour.position },
    news(atFour, third.changes),
    join(8, atFour.position),
  ]);
});

test("[C2] ranges of another run that came before the answer are dropped", () => {
  const other = { ...fourth, epoch: "run0" };
  check(joining({}, [other]), answered(answer), [
    live({ ...whole, timeline: atFive }),
    news(atFive, story.changesSince(3).changes),
  ]);
});

test("[C2] no more early ranges are kept than a join may take", () => {
  const early = Array.from({ length: 100 }, () => fourth);
  const last = { ...fourth, from: 9, to: 10 };
  check(joining({}, early), { type: "range", range: last }, [joining({}, [...early.slice(1), last])]);
});

test("[C1] a known range changes nothing", () => {
  check(live({ timeline: atFive }), events.range, "same");
  check(joining({ timeline: atFive }), events.range, "same");
});

test("[C1] a hole and another run both ask again with the position", () => {
  check(live(), { type: "range", range: fourth }, [joining({ joins: 8 }), join()]);
  check(live(), { type: "range", range: { ...third, epoch: "run2" } }, [joining({ joins: 8 }), join()]);
});

test("[C2] after a reset the join names no position, also on another socket, and no earlier than told", () => {
  const told = { afresh: true, notBefore: NOW + 1 };
  check(waiting(told), events.due, "same");
  check(waiting(told), events.disconnected, [apart(told)]);
  check(apart(told), events.connected, [waiting(told)]);
  const due = { ...told, notBefore: NOW };
  check(waiting(due), events.due, [joining({ ...due, joins: 8 }), joinAfresh]);
});

test("[C1] a snapshot older than what the reader holds of the same run is not taken", () => {
  const older: JoinReply = { ok: true, mode: "snapshot", epoch: "run1", snapshot: { ...story.snapshot(), seq: 4 } };
  check(joining({ timeline: atFive }), answered(older), [live({ ...whole, timeline: atFive })]);
  check(joining({ timeline: atFive, afresh: true }), answered(older), [live({ ...whole, timeline: atFive })]);
});

test("[S7] an older snapshot in answer to the very position that the reader holds is taken: the story has lost it", () => {
  const snapshot = { ...story.snapshot(), seq: 2, position: "run1.2.other" };
  const older: JoinReply = { ok: true, mode: "snapshot", epoch: "run1", snapshot };
  const timeline = fromSnapshot("run1", snapshot);
  const news = { type: "timeline", timeline, changes: null } as const;
  check(joining(), answered(older), [live({ ...whole, timeline }), news]);
});

test("[C1] a snapshot of the same seq and another commit, or of another run, is taken", () => {
  for (const [epoch, position] of [
    ["run1", "run1.5.other"],
    ["run2", "run2.5.t5"],
  ] as const) {
    const snapshot = { ...story.snapshot(), position };
    const taken = fromSnapshot(epoch, snapshot);
    const reply: JoinReply = { ok: true, mode: "snapshot", epoch, snapshot };
    check(joining({ timeline: atFive }), answered(reply), [live({ ...whole, timeline: taken }), news(taken, null)]);
  }
});

test("[C1] a snapshot of the very commit that the reader holds is taken only if it shows more", () => {
  check(joining({ timeline: atFive }), answered(snapshotAnswer), [live({ ...whole, timeline: atFive })]);
  const narrow = fromSnapshot("run1", story.snapshot(1));
  const wide = fromSnapshot("run1", story.snapshot());
  check(joining({ timeline: narrow }), answered(snapshotAnswer), [
    live({ ...whole, timeline: wide }),
    news(wide, null),
  ]);
});

test("[C2] an answer that leads nowhere is put off and asked for without a position", () => {
  const reply: JoinReply = { ok: true, mode: "changes", ...fourth, epoch: "run2" };
  check(joining(), answered(reply), [waiting({ afresh: true, failures: 3, notBefore: NOW + 1_000 })]);
  check(joining({ timeline: null }), answered(answer), [
    waiting({ timeline: null, afresh: true, failures: 3, notBefore: NOW + 1_000 }),
  ]);
});

test("[C2] a refusal that may pass backs off, any other is for good", () => {
  check(joining(), answered(refusal("store_unavailable", true)), [waiting({ failures: 3, notBefore: NOW + 1_000 })]);
  for (const code of ["not_found", "story_removed", "forbidden"] as const) {
    check(joining(), answered(refusal(code)), [{ kind: "refused", code, message: "no" }]);
  }
});

test("[C2] a position that cannot be read is dropped before the story is given up", () => {
  const unreadable = answered(refusal("validation_failed"));
  const given: SubscriptionState = { kind: "refused", code: "validation_failed", message: "no" };
  check(joining(), unreadable, [joining({ joins: 8, afresh: true }), joinAfresh]);
  check(joining({ afresh: true }), unreadable, [given]);
  check(joining({ timeline: null }), unreadable, [given]);
});

test("[C2] a story that ends leaves the socket, whether told by a range or by an answer", () => {
  const end = new VirtualStory("storm", () => NOW);
  const before = fromSnapshot("run1", end.snapshot());
  const range = toEvent(end.patch({ status: "ended" }));
  const timeline = after(before, range);
  const told = [resting({ ...whole, timeline }), news(timeline, range.changes), leave] as Cell;
  check(live({ timeline: before }), { type: "range", range }, told);
  check(joining({ timeline: before }), answered({ ok: true, mode: "changes", ...range }), told);
});

test("[C2] an ended story is not looked at while the tab is hidden, and only once at a time", () => {
  const hidden = { ...AT, visible: false };
  check(resting({}, NOW), events.due, [resting({}, NEVER)], hidden);
  check(resting({}, NOW + 1), events.due, "same");
  check(resting({}, NEVER, true), events.visible, "same");
});

test("[C2] a look that finds a change takes it, and joins again when the story was reopened", () => {
  const looking = resting({}, NEVER, true);
  const looked = (reply: JoinReply): SubscriptionEvent => ({ type: "looked", reply });
  check(looking, looked({ ok: true, mode: "changes", ...reopening }), [
    apart({ timeline: reopened, wholeAt: NOW }),
    news(reopened, reopening.changes),
  ]);
  const correction = new VirtualStory("storm", () => NOW);
  correction.patch({ status: "ended" });
  const range = toEvent(correction.publish());
  const corrected = after(atEnd, range);
  check(looking, looked({ ok: true, mode: "changes", ...range }), [
    resting({ timeline: corrected, wholeAt: NOW }),
    news(corrected, range.changes),
  ]);
  check(looking, looked({ ok: true, mode: "changes", ...fourth }), [resting()]);
  check(looking, looked(refusal("story_removed")), [{ kind: "refused", code: "story_removed", message: "no" }]);
});

test("[C2] a sampled reader reports what it shows at most every ten seconds, and never while hidden", () => {
  const reportAt = NOW + 10_000;
  const seen: SubscriptionEffect = { type: "seen", seq: 4 };
  const shown = news(atFour, third.changes);
  check(live({}, true), events.range, [live({ ...whole, timeline: atFour, reportAt }, true), shown, seen]);
  const again = { reportAt: NOW };
  check(live(again, true), events.range, [live({ ...whole, timeline: atFour, reportAt }, true), shown, seen]);
  const early = { reportAt: NOW + 1 };
  check(live(early, true), events.range, [live({ ...whole, ...early, timeline: atFour }, true), shown]);
  check(live({}, true), events.range, [live({ ...whole, timeline: atFour }, true), shown], { ...AT, visible: false });
  check(joining({ timeline: atFive }), answered({ ...nothingNew, sample: true } as JoinReply), [
    live({ ...whole, timeline: atFive }, true),
  ]);
});
