import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shareConnections } from "../../src/client/connection.ts";
import type { LivenessState, StoryConnection } from "../../src/client/connection-options.ts";
import type { Changes, Entry } from "../../src/protocol/shapes.ts";
import type { Timeline } from "../../src/protocol/timeline.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { VirtualReader } from "../support/virtual-reader.ts";
import { VirtualService } from "../support/virtual-service.ts";
import { VirtualStory } from "../support/virtual-story.ts";

const MINUTE = 60_000;
const WINDOW = 5;

const upTo = (max: number) => ({ ms: fc.nat({ max }) });
const nth = fc.nat({ max: 20 });
const steps = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("publish" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("import" as const), ...upTo(10 * MINUTE) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("revise" as const, "retract"), nth }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("edit" as const, "background", "unknown", "reopen") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restore" as const), nth: fc.nat({ max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("lose a range" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("break" as const), ...upTo(45_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("reset" as const, "goodbye"), ...upTo(5_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hide" as const), ...upTo(8 * MINUTE) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("shorten" as const), nth: fc.nat({ max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cut off" as const), ...upTo(20_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("freeze" as const), ...upTo(8 * MINUTE) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("wait" as const), ...upTo(1_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ...upTo(7 * MINUTE) }) },
);
type Step = typeof steps extends fc.Arbitrary<infer S> ? S : never;

class World {
  readonly reader = new VirtualReader();
  readonly story = new VirtualStory("storm", this.reader.now);
  readonly service: VirtualService;
  readonly timelines: Timeline[] = [];
  /** Of the timelines, the first since the reader let go of its oldest entries. */
  shortenedAt = 0;
  state: LivenessState | null = null;
  #connection: StoryConnection | null = null;
  readonly #chance: () => number;

  constructor(seed: number) {
    const chance = seededRandom(seed);
    this.#chance = chance;
    this.service = new VirtualService(this.reader.clock, this.story, chance);
    const { openSocket, get } = this.service;
    Object.assign(this.reader, { openSocket, get, random: chance });
  }

  follow(withSnapshot: boolean): () => void {
    this.#connection = shareConnections(this.reader).connect({
      url: "https://live.example.com",
      story: "storm",
      limit: WINDOW,
      snapshot: withSnapshot ? this.story.snapshot(WINDOW) : undefined,
      onTimeline: (timeline) => this.timelines.push(timeline),
      onState: (state) => {
        this.state = state;
      },
    });
    return this.#connection.close;
  }

  async take(step: Step): Promise<void> {
    const change = this.#change(step);
    if (change) this.service.announce(change);
    else if (step.do === "wait") await this.reader.advance(step.ms);
    else this.#trouble(step);
    await this.reader.advance(this.#chance() * 100);
  }

  /** The network and the service recover, the reader looks at the page, and one more change shows any hole. */
  async calm(status: "live" | "ended"): Promise<void> {
    this.service.troubled = false;
    await this.reader.see("online");
    await this.reader.see("visible");
    await this.reader.advance(MINUTE);
    this.service.announce(this.story.patch({ status }));
    await this.reader.advance(3 * MINUTE);
  }

  #change(step: Step): Changes | null {
    const { story } = this;
    switch (step.do) {
      case "publish":
        return story.publish();
      case "import":
        return story.publish(step.ms);
      case "revise":
        return this.#withEntry(step.nth, (entry) => story.revise(entry));
      case "retract":
        return this.#withEntry(step.nth, (entry) => story.retract(entry));
      case "edit":
        return story.patch({ headline: `at ${story.seq}` });
      case "end":
        return story.patch({ status: "ended" });
      case "reopen":
        return story.patch({ status: "live" });
      case "background":
        return story.setBackground(story.background ? null : "<p>before</p>");
      case "unknown":
        return story.doSomethingUnknown();
      default:
        return null;
    }
  }

  #trouble(step: Step): void {
    const { story, service, reader } = this;
    const { clock } = reader;
    if (step.do === "lose a range") story.publish();
    else if (step.do === "break") service.break(step.ms);
    else if (step.do === "reset") service.reset(step.ms);
    else if (step.do === "goodbye") service.goodbye(step.ms);
    else if (step.do === "shorten") {
      this.#connection?.keepNewest(step.nth);
      this.shortenedAt = this.timelines.length;
    } else if (step.do === "restore") {
      story.restore(step.nth);
      service.reset(0);
    } else if (step.do === "cut off") {
      reader.tell("offline");
      service.break(0);
      clock.after(step.ms, () => reader.tell("online"));
    } else if (step.do === "hide") {
      reader.tell("hidden");
      clock.after(step.ms, () => reader.tell("visible"));
    } else if (step.do === "freeze") {
      reader.tell("hidden");
      reader.tell("frozen");
      clock.freeze(step.ms);
      reader.tell("visible");
      reader.tell("restored");
    }
  }

  #withEntry(nth: number, change: (entry: Entry) => Changes): Changes | null {
    const entry = this.story.entries[nth];
    return entry ? change(entry) : null;
  }
}

function assertNeverBack(timelines: readonly Timeline[]): void {
  for (const [index, timeline] of timelines.entries()) {
    const before = timelines[index - 1];
    if (before?.epoch === timeline.epoch) assert.ok(timeline.seq >= before.seq, `${before.seq} → ${timeline.seq}`);
  }
}

/** Whatever a reader had in front of them stays there, unless it was withdrawn. */
function assertNothingLost(timelines: readonly Timeline[], story: VirtualStory): void {
  const shown = new Set(timelines.flatMap(({ entries }) => entries.map(({ id }) => id)));
  const kept = new Set(timelines.at(-1)?.entries.map(({ id }) => id));
  const lost = story.entries.filter(({ id }) => shown.has(id) && !kept.has(id));
  assert.deepEqual(lost, []);
}

function assertSameWindow(timeline: Timeline | undefined, story: VirtualStory): void {
  assert.ok(timeline);
  const { entries, total, background, position, older } = timeline;
  const { length } = entries;
  const window = { entries: story.entries.slice(0, length), total: story.entries.length, story: story.story };
  const whole = { ...window, background: story.background, position: story.position };
  assert.deepEqual({ entries, total, story: timeline.story, background, position }, whole);
  if (older === null) assert.equal(length, story.entries.length);
}

test("[C3] [C4] whatever happens, a reader ends with the service's window and with all that was on the page", async () => {
  const seeds = fc.nat({ max: 2 ** 31 });
  const scripts = fc.array(steps, { maxLength: 60, size: "max" });
  await fc.assert(
    fc.asyncProperty(seeds, scripts, fc.boolean(), fc.boolean(), async (seed, script, withSnapshot, ending) => {
      const world = new World(seed);
      for (let n = 0; n < 2 * WINDOW; n += 1) world.story.publish(n * 1_000);
      const close = world.follow(withSnapshot);
      for (const step of script) await world.take(step);
      await world.calm(ending ? "ended" : "live");
      assertNeverBack(world.timelines);
      assertSameWindow(world.timelines.at(-1), world.story);
      assertNothingLost(world.timelines.slice(world.shortenedAt), world.story);
      assert.equal(world.state?.kind, ending ? "ended" : "live");
      close();
    }),
    { numRuns: 200 },
  );
});
