import { cpus, totalmem } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { RedisServer } from "../../test/support/redis-server.ts";
import { commits, publishesOverHttp } from "../measures/commits.ts";
import { fanOut } from "../measures/fan-out.ts";
import { pages } from "../measures/pages.ts";
import { periodic } from "../measures/periodic.ts";
import { readersOfOneStory } from "../measures/readers.ts";
import { redisCommands } from "../measures/redis-commands.ts";
import { type Machine, printMachine, printSection, type Section, writeJson } from "../support/report.ts";

const NOTES = `
Measures what readers, publishes and joins cost a node and Redis, with real processes. docs/scaling.md says what follows
from the figures. The node and the process of the readers need as many open files as there are readers: ulimit -n.`;

/** Whatever hangs, it ends, and all processes that it started with it. */
const DEADLINE_MS = 20 * 60_000;

const FULL = {
  readers: [2_000, 4_000],
  commands: { publishes: 500, joins: 10_000, quietMs: 30_000 },
  connected: { rounds: 5, publishesPerRound: 30, idleMs: 30_000 },
  pages: { rounds: 5, requests: 1_000 },
  commits: { rounds: 5, oneByOne: 1_000, atOnce: 5_000 },
  publishes: { rounds: 5, oneByOne: 400, atOnce: 1_500 },
  fanOut: { rounds: 5, commits: 400 },
  periodic: { rounds: 5, asked: 2_000, loads: 100 },
};
const QUICK: typeof FULL = {
  readers: [400],
  commands: { publishes: 40, joins: 1_000, quietMs: 3_000 },
  connected: { rounds: 1, publishesPerRound: 5, idleMs: 1_000 },
  pages: { rounds: 1, requests: 100 },
  commits: { rounds: 1, oneByOne: 100, atOnce: 500 },
  publishes: { rounds: 1, oneByOne: 40, atOnce: 100 },
  fanOut: { rounds: 1, commits: 40 },
  periodic: { rounds: 1, asked: 200, loads: 10 },
};

/** Some hundreds only warm the node up. */
const READERS_MIN = 400;
const PARTS = ["commands", "readers", "pages", "commits", "fan-out", "periodic"];
type Part = { name: string; measure: () => Promise<Section> };

type Options = { quick: boolean; readers?: number[]; only: string[]; json?: string };

export function scalingCommand(command: Command): void {
  command
    .description("what readers, publishes, joins and nodes cost (docs/scaling.md)")
    .option("--quick", "small numbers, half a minute: shows that all parts work; its figures say little", false)
    .option(
      "--readers <numbers>",
      `readers of one story, one measurement each (default: ${FULL.readers})`,
      readerCounts,
    )
    .option("--only <parts>", "some parts, separated by commas", partNames, PARTS)
    .option("--json <file>", "writes all runs there as well")
    .addHelpText("after", NOTES)
    .action(benchScaling);
}

async function benchScaling({ quick, readers, only, json }: Options): Promise<void> {
  setTimeout(() => {
    console.error("The measurements did not end in time.");
    process.exit(1);
  }, DEADLINE_MS).unref();
  const counts = quick ? QUICK : FULL;
  const machine = await describeMachine();
  printMachine(machine);
  const sections: Section[] = [];
  for (const { name, measure } of partsOf({ counts, readers: readers ?? counts.readers })) {
    if (!only.includes(name)) continue;
    const section = await measure();
    printSection(section);
    sections.push(section);
  }
  if (json !== undefined) writeJson(json, machine, sections);
}

function readerCounts(text: string): number[] {
  const counts = text.split(",").map(Number);
  if (counts.every((count) => Number.isInteger(count) && count >= READERS_MIN)) return counts;
  throw new InvalidArgumentError(`They must be whole numbers from ${READERS_MIN} on.`);
}

function partNames(text: string): string[] {
  const names = text.split(",");
  if (names.every((name) => PARTS.includes(name))) return names;
  throw new InvalidArgumentError(`The parts are ${PARTS.join(", ")}.`);
}

function partsOf({ counts, readers }: { counts: typeof FULL; readers: number[] }): Part[] {
  return [
    ...[1, 2].map((nodes) => ({ name: "commands", measure: () => redisCommands(nodes, counts.commands) })),
    ...readers.map((count) => ({ name: "readers", measure: () => readersOfOneStory(count, counts.connected) })),
    { name: "pages", measure: () => pages(counts.pages) },
    { name: "commits", measure: () => commits("always", counts.commits) },
    { name: "commits", measure: () => commits("everysec", counts.commits) },
    { name: "commits", measure: () => publishesOverHttp(counts.publishes) },
    { name: "fan-out", measure: () => fanOut(counts.fanOut) },
    { name: "periodic", measure: () => periodic(counts.periodic) },
  ];
}

async function describeMachine(): Promise<Machine> {
  const redis = await RedisServer.start();
  const version = /^redis_version:(\S+)/m.exec(await redis.command("INFO", "server"))?.[1] ?? "?";
  await redis.stop();
  const [cpu] = cpus();
  return {
    ...{ cpu: cpu?.model ?? "?", cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) },
    ...{ node: process.versions.node, redis: version, at: new Date().toISOString() },
  };
}
