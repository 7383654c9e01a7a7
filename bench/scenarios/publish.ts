import type { Command } from "commander";
import { type DatelineServer, dateline } from "../subjects/dateline.ts";
import type { Comparison } from "../support/comparison.ts";
import { assignCores, type Cores } from "../support/cores.ts";
import { entrant, type Figures, inTurn, type Stage } from "../support/in-turn.ts";
import { number, numbers, type ScenarioOptions, scenarioOptions } from "../support/options.ts";
import { cpuTimeFor } from "../support/processes.ts";
import { runScenario } from "../support/run-scenario.ts";
import { quantile, timed } from "../support/statistics.ts";

type Options = ScenarioOptions & { editors: number[]; entries: number; characters: number };

const STORY = "publish";
/** A share of what is measured. */
const WARM_UP = 0.25;

const COLUMNS = [
  { key: "rate", title: "commits/s" },
  { key: "cpu", title: "CPU µs/commit" },
  { key: "p50", title: "p50 ms" },
  { key: "p99", title: "p99 ms" },
  { key: "max", title: "max ms" },
  { key: "waited", title: "waited for core %" },
];

export function publishCommand(command: Command): void {
  scenarioOptions(command)
    .description("durable commits over HTTP, on the embedded store and on Redis (appendfsync always)")
    .option("--editors <numbers>", "publishes under way at a time, one comparison each", numbers, [1, 16])
    .option("--entries <number>", "how many are measured", number, 2_000)
    .option("--characters <number>", "text of an entry", number, 800)
    .action((options: Options) => {
      const cores = assignCores();
      const quick = { ...options, entries: 40, rounds: 1 };
      return runScenario("publish", options, cores, publishing(options.quick ? quick : options, cores));
    });
}

async function* publishing(options: Options, cores: Cores): AsyncGenerator<Comparison> {
  const subjects = [dateline({ store: "embedded" }), dateline({ store: "redis" })];
  for (const editors of options.editors) {
    yield await inTurn({
      title: `${editors} ${editors === 1 ? "editor" : "editors at a time"}, one story`,
      ...{ columns: COLUMNS, rounds: options.rounds, cores },
      entrants: subjects.map((subject) => entrant(subject, (stage) => publish(stage, editors, options))),
    });
  }
}

async function publish(
  { server, readers, say }: Stage<DatelineServer>,
  editors: number,
  { entries, characters }: Options,
): Promise<Figures> {
  const { port, dialect, pid } = server;
  const publishMany = (count: number) => timed(count, editors, () => server.publishText(STORY, characters));
  await server.createStory(STORY);
  // Keeps the story followed, as its readers would.
  await readers.enter({ port, dialect, stories: [STORY] });
  say("warming up");
  await publishMany(Math.ceil(entries * WARM_UP));
  say(`publishing ${entries} entries`);
  let tookMs: number[] = [];
  const startedAt = performance.now();
  const cpu = await cpuTimeFor(pid, async () => {
    tookMs = await publishMany(entries);
  });
  const rate = entries / ((performance.now() - startedAt) / 1_000);
  if ((await readers.reach({ [STORY]: server.headOf(STORY) })) > 0)
    throw new Error("The reader never got the latest entry.");
  return {
    ...{ rate, cpu: cpu.ranUs / entries, waited: (cpu.waitedUs / cpu.ranUs) * 100 },
    ...{ p50: quantile(tookMs, 0.5), p99: quantile(tookMs, 0.99), max: quantile(tookMs, 1) },
  };
}
