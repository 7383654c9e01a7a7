import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { available, chooseSubjects } from "../subjects/choose-subjects.ts";
import type { Comparison } from "../support/comparison.ts";
import { assignCores, type Cores } from "../support/cores.ts";
import { entrant, type Figures, inTurn, type Stage } from "../support/in-turn.ts";
import { number, type SubjectOptions, subjectOptions } from "../support/options.ts";
import { cpuTimeFor, memoryKiBOf } from "../support/processes.ts";
import { runScenario } from "../support/run-scenario.ts";

type Options = SubjectOptions & { readers: number; seconds: number };

const STORY = "idle";
const DEFAULTS = ["dateline-embedded", "dateline-redis", "socket.io-redis", "ws"];
/** What a server allocates once stands by then. */
const FIRST_READERS = 200;
/** What is only garbage is gone by then, as far as it goes at all. */
const SETTLE_MS = 3_000;

const COLUMNS = [
  { key: "memory", title: "KiB/connection" },
  { key: "total", title: "MiB in all" },
  { key: "cpu", title: "CPU ms/minute" },
  { key: "connect", title: "CPU µs/connect" },
];

export function idleCommand(command: Command): void {
  subjectOptions(command, DEFAULTS)
    .description("quiet connections: their memory, and the CPU of a minute in which nothing is published")
    .option("--readers <number>", "connections", number, 15_000)
    .option("--seconds <number>", "how long nothing happens", number, 60)
    .action((options: Options) => {
      const cores = assignCores(options.workers);
      const quick = { ...options, readers: 300, seconds: 1, rounds: 1 };
      return runScenario("idle", options, cores, idling(options.quick ? quick : options, cores));
    });
}

async function* idling(options: Options, cores: Cores): AsyncGenerator<Comparison> {
  const { readers, seconds, rounds } = options;
  yield await inTurn({
    title: `${readers.toLocaleString("en")} quiet connections, ${seconds} s`,
    ...{ columns: COLUMNS, rounds, cores },
    entrants: available(chooseSubjects(options)).map((subject) => entrant(subject, (stage) => idle(stage, options))),
  });
}

async function idle({ server, readers, say }: Stage, options: Options): Promise<Figures> {
  const { port, dialect, pid } = server;
  await server.createStory(STORY);
  const arrival = { port, dialect, stories: [STORY], head: server.headOf(STORY) };
  say("connecting");
  await readers.enter({ ...arrival, readersEach: FIRST_READERS });
  await pause(SETTLE_MS);
  const before = memoryKiBOf(pid);
  const more = options.readers - FIRST_READERS;
  const connecting = await cpuTimeFor(pid, () => readers.enter({ ...arrival, readersEach: more }));
  await pause(SETTLE_MS);
  say(`nothing, for ${options.seconds} s`);
  const quiet = await cpuTimeFor(pid, () => pause(options.seconds * 1_000));
  const after = memoryKiBOf(pid);
  // Whoever was lost meanwhile is found here.
  await readers.reach({ [STORY]: server.headOf(STORY) });
  return {
    memory: (after - before) / more,
    total: after / 1_024,
    cpu: (quiet.ranUs / 1_000) * (60 / options.seconds),
    connect: connecting.ranUs / more,
  };
}
