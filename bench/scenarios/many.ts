import type { Command } from "commander";
import { available, chooseSubjects } from "../subjects/choose-subjects.ts";
import type { Comparison } from "../support/comparison.ts";
import { assignCores, type Cores } from "../support/cores.ts";
import { entrant, type Figures, inTurn, type Stage } from "../support/in-turn.ts";
import { number, type SubjectOptions, subjectOptions } from "../support/options.ts";
import { cpuTimeFor, memoryKiBOf } from "../support/processes.ts";
import { Editor } from "../support/publishing.ts";
import { runScenario } from "../support/run-scenario.ts";
import { timed } from "../support/statistics.ts";

type Options = SubjectOptions & { stories: number; readersEach: number; changes: number; bytes: number };

const DEFAULTS = ["dateline-embedded", "dateline-redis", "socket.io-redis", "ws"];
const EDITORS = 8;
/** A share of what is measured. */
const WARM_UP = 0.25;

const COLUMNS = [
  { key: "cpu", title: "CPU µs/change" },
  { key: "delivery", title: "CPU µs/delivery" },
  { key: "rate", title: "changes/s" },
  { key: "p50", title: "p50 ms" },
  { key: "p99", title: "p99 ms" },
  { key: "max", title: "max ms" },
  { key: "memory", title: "KiB/story" },
  { key: "waited", title: "waited for core %" },
];

export function manyCommand(command: Command): void {
  subjectOptions(command, DEFAULTS)
    .description("many stories with few readers each, changes spread over them")
    .option("--stories <number>", "how many", number, 2_000)
    .option("--readers-each <number>", "readers of each story", number, 5)
    .option("--changes <number>", `changes, ${EDITORS} under way at a time`, number, 4_000)
    .option("--bytes <number>", "size of a change", number, 800)
    .action((options: Options) => {
      const cores = assignCores(options.workers);
      const quick = { ...options, stories: 20, readersEach: 2, changes: 40, rounds: 1 };
      return runScenario("many", options, cores, manyStories(options.quick ? quick : options, cores));
    });
}

async function* manyStories(options: Options, cores: Cores): AsyncGenerator<Comparison> {
  yield await inTurn({
    title: `${options.stories.toLocaleString("en")} stories with ${options.readersEach} readers each`,
    ...{ columns: COLUMNS, rounds: options.rounds, cores },
    entrants: available(chooseSubjects(options)).map((subject) => entrant(subject, (stage) => many(stage, options))),
  });
}

async function many({ server, readers, say }: Stage, options: Options): Promise<Figures> {
  const editor = new Editor(server);
  const { port, dialect, pid } = server;
  const stories = Array.from({ length: options.stories }, (_, index) => `story-${index}`);
  const storyAt = (index: number) => stories[index % stories.length] ?? "";
  const publish = (count: number) => timed(count, EDITORS, (index) => editor.publish(storyAt(index), options.bytes));
  say("creating the stories");
  await timed(stories.length, EDITORS, (index) => server.createStory(storyAt(index)));
  const memoryBefore = memoryKiBOf(pid);
  say("connecting");
  const arrival = { port, dialect, stories, head: server.headOf(storyAt(0)) };
  await readers.enter({ ...arrival, readersEach: options.readersEach });
  const memory = (memoryKiBOf(pid) - memoryBefore) / stories.length;
  say("warming up");
  await publish(Math.ceil(options.changes * WARM_UP));
  await editor.delivered(readers, stories);
  say(`publishing ${options.changes} changes`);
  await editor.listen(readers);
  const startedAt = performance.now();
  const cpu = await cpuTimeFor(pid, async () => {
    await publish(options.changes);
    await editor.delivered(readers, stories);
  });
  const rate = options.changes / ((performance.now() - startedAt) / 1_000);
  const { deliveries, latency } = await editor.heard(readers);
  const waited = (cpu.waitedUs / cpu.ranUs) * 100;
  const costs = { cpu: cpu.ranUs / options.changes, delivery: cpu.ranUs / deliveries };
  return { ...costs, rate, ...latency, memory, waited };
}
