import type { Command } from "commander";
import { available, chooseEngines, chooseSubjects } from "../subjects/choose-subjects.ts";
import { type DatelineServer, dateline } from "../subjects/dateline.ts";
import type { Comparison } from "../support/comparison.ts";
import { assignCores, type Cores } from "../support/cores.ts";
import { entrant, type Figures, inTurn, type Stage } from "../support/in-turn.ts";
import { type EngineOptions, engineOptions, number } from "../support/options.ts";
import { cpuTimeFor } from "../support/processes.ts";
import { runScenario } from "../support/run-scenario.ts";
import { repeat, sum } from "../support/statistics.ts";
import { storeReadsOf } from "../support/usage.ts";

type Options = EngineOptions & { readers: number; atOnce: number };

const STORY = "storm";
const OTHER_STORY = "other";
const BARE = "socket.io";
const BYTES = 800;
/** What the readers have when their node dies, and what they miss. */
const HISTORY = 30;
const MISSED = 3;
/** So many handshakes and joins a node has behind it, in another story. */
const WARM_UP_READERS = 500;

const READS = ["load", "changes", "page"];

const COLUMNS = [
  { key: "cpu", title: "CPU µs/join" },
  { key: "whole", title: "all whole after s" },
  { key: "reads", title: "store reads" },
  { key: "looks", title: "looks at the head" },
  { key: "refusals", title: "asked to come again" },
  { key: "wire", title: "bytes/join" },
  { key: "waited", title: "waited for core %" },
];

export function stormCommand(command: Command): void {
  engineOptions(command)
    .description("the readers of a node that died come to another one, with their positions, beside bare connects")
    .option("--readers <number>", "how many come", number, 10_000)
    .option("--at-once <number>", "handshakes under way at a time", number, 1_000)
    .addHelpText(
      "after",
      "\nWarm: the node follows the story already. Cold: it does not. Socket.IO: a connect, no more.",
    )
    .action((options: Options) => {
      const cores = assignCores(options.workers);
      const quick = { ...options, readers: 200, rounds: 1 };
      return runScenario("storm", options, cores, storms(options.quick ? quick : options, cores));
    });
}

async function* storms(options: Options, cores: Cores): AsyncGenerator<Comparison> {
  const { readers, atOnce, rounds } = options;
  const nodes = chooseEngines(options).map((engine) => dateline({ store: "redis", engine, workers: options.workers }));
  const returns = (warm: boolean) =>
    available(nodes).map((subject) => {
      const kind = warm ? "warm" : "cold";
      const own = { ...subject, name: `${subject.name}-${kind}`, title: `${subject.title}, ${kind} node` };
      return entrant(own, (stage) => comeBack(stage, warm, options));
    });
  const bare = chooseSubjects({ subjects: [BARE] }).map((subject) =>
    entrant(subject, (stage) => connect(stage, options)),
  );
  yield await inTurn({
    title: `${readers.toLocaleString("en")} readers come back, ${atOnce.toLocaleString("en")} at once`,
    ...{ columns: COLUMNS, baseline: BARE, entrants: [...returns(true), ...returns(false), ...bare], rounds, cores },
  });
}

/** The readers' node dies, and they come to another one. */
async function comeBack(stage: Stage<DatelineServer>, warm: boolean, options: Options): Promise<Figures> {
  const { server, readers, say } = stage;
  for (const story of [STORY, OTHER_STORY]) await server.createStory(story);
  await repeat(HISTORY, () => server.publish(STORY, BYTES));
  const position = await server.positionOf(STORY);
  await repeat(MISSED, () => server.publish(STORY, BYTES));
  const other = await server.moveToAnotherNode();
  await warmUp(stage, OTHER_STORY, options);
  const { port, dialect } = server;
  if (warm) await readers.enter({ port, dialect, stories: [STORY] });
  const before = await storeReadsOf(other);
  say("the storm");
  const figures = await herd(stage, STORY, { position }, options);
  const after = await storeReadsOf(other);
  const since = (reason: string) => (after.get(reason) ?? 0) - (before.get(reason) ?? 0);
  // A followed story has a look at its head every five seconds, whoever reads it.
  return { ...figures, reads: sum(READS.map(since)), looks: since("record") };
}

async function connect(stage: Stage, options: Options): Promise<Figures> {
  await stage.server.createStory(STORY);
  await warmUp(stage, STORY, options);
  stage.say("the storm");
  return herd(stage, STORY, {}, options);
}

async function warmUp({ server, readers, say }: Stage, story: string, { quick }: Options): Promise<void> {
  say("warming up");
  const { port, dialect } = server;
  await readers.enter({ port, dialect, stories: [story], readersEach: quick ? 10 : WARM_UP_READERS });
  await readers.leave();
}

async function herd(
  { server, readers }: Stage,
  story: string,
  join: { position?: string },
  { readers: readersEach, atOnce }: Options,
): Promise<Figures> {
  const { port, dialect, pid } = server;
  const head = server.headOf(story);
  await readers.listen();
  let refusals = 0;
  const startedAt = performance.now();
  const cpu = await cpuTimeFor(pid, async () => {
    ({ refusals } = await readers.enter({ port, dialect, stories: [story], readersEach, atOnce, head, join }));
    if ((await readers.reach({ [story]: head })) > 0) throw new Error("Some readers never got what they had missed.");
  });
  const whole = (performance.now() - startedAt) / 1_000;
  const { bytes } = await readers.collect([]);
  const costs = { cpu: cpu.ranUs / readersEach, wire: bytes / readersEach };
  return { ...costs, whole, refusals, waited: (cpu.waitedUs / cpu.ranUs) * 100 };
}
