import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { available, chooseSubjects } from "../subjects/choose-subjects.ts";
import type { Comparison } from "../support/comparison.ts";
import { assignCores, type Cores } from "../support/cores.ts";
import { entrant, type Figures, inTurn, type Stage } from "../support/in-turn.ts";
import { number, type SubjectOptions, subjectOptions } from "../support/options.ts";
import { cpuTimeFor } from "../support/processes.ts";
import { Editor } from "../support/publishing.ts";
import { runScenario } from "../support/run-scenario.ts";
import { repeat } from "../support/statistics.ts";

type Options = SubjectOptions & { readers: number; changes: number; bytes: number };

const STORY = "burst";
const DEFAULTS = ["dateline-embedded", "dateline-redis", "socket.io-redis", "ws"];
const WARM_UP_UPDATES = 30;
const BURST_MS = 1_000;

const COLUMNS = [
  { key: "cpu", title: "CPU µs/change and reader" },
  { key: "messages", title: "messages/reader" },
  { key: "wire", title: "bytes/change" },
  { key: "whole", title: "all whole after ms" },
  { key: "p50", title: "p50 ms" },
  { key: "p99", title: "p99 ms" },
  { key: "max", title: "max ms" },
  { key: "waited", title: "waited for core %" },
];

export function burstCommand(command: Command): void {
  subjectOptions(command, DEFAULTS)
    .description("many changes of one story within a second: shows what is sent together")
    .option("--readers <number>", "readers of the story", number, 2_000)
    .option("--changes <number>", "changes in the second", number, 200)
    .option("--bytes <number>", "size of a change alone", number, 800)
    .action((options: Options) => {
      const cores = assignCores(options.workers);
      const quick = { ...options, readers: 50, changes: 40, rounds: 1 };
      return runScenario("burst", options, cores, bursts(options.quick ? quick : options, cores));
    });
}

async function* bursts(options: Options, cores: Cores): AsyncGenerator<Comparison> {
  const { readers, changes, rounds } = options;
  yield await inTurn({
    title: `${changes.toLocaleString("en")} changes in a second to ${readers.toLocaleString("en")} readers`,
    ...{ columns: COLUMNS, rounds, cores },
    entrants: available(chooseSubjects(options)).map((subject) => entrant(subject, (stage) => burst(stage, options))),
  });
}

async function burst({ server, readers, say }: Stage, options: Options): Promise<Figures> {
  const editor = new Editor(server);
  const { port, dialect, pid } = server;
  await server.createStory(STORY);
  say("connecting");
  const arrival = { port, dialect, stories: [STORY], head: server.headOf(STORY) };
  await readers.enter({ ...arrival, readersEach: options.readers });
  say("warming up");
  await repeat(options.quick ? 2 : WARM_UP_UPDATES, async () => {
    await editor.publish(STORY, options.bytes);
    await editor.delivered(readers, [STORY]);
  });
  say(`publishing ${options.changes} changes`);
  await editor.listen(readers);
  const startedAt = performance.now();
  const cpu = await cpuTimeFor(pid, async () => {
    await publishEvenly(options.changes, () => editor.publish(STORY, options.bytes));
    await editor.delivered(readers, [STORY]);
  });
  const wholeAfterMs = performance.now() - startedAt;
  const { deliveries, changes, latency, bytes } = await editor.heard(readers);
  return {
    cpu: cpu.ranUs / changes,
    messages: deliveries / options.readers,
    wire: bytes / changes,
    whole: wholeAfterMs,
    ...latency,
    waited: (cpu.waitedUs / cpu.ranUs) * 100,
  };
}

/** Each at its time, whether the ones before it were answered or not. */
async function publishEvenly(count: number, publish: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  const underWay: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const dueInMs = startedAt + (index * BURST_MS) / count - performance.now();
    if (dueInMs > 0) await pause(dueInMs);
    underWay.push(publish());
  }
  await Promise.all(underWay);
}
