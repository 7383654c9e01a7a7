import { Command, CommanderError } from "commander";
import { burstCommand } from "./scenarios/burst.ts";
import { fanoutCommand } from "./scenarios/fanout.ts";
import { idleCommand } from "./scenarios/idle.ts";
import { manyCommand } from "./scenarios/many.ts";
import { pagesCommand } from "./scenarios/pages.ts";
import { publishCommand } from "./scenarios/publish.ts";
import { scalingCommand } from "./scenarios/scaling.ts";
import { stormCommand } from "./scenarios/storm.ts";

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const SCENARIOS = new Map([
  ["fanout", fanoutCommand],
  ["burst", burstCommand],
  ["storm", stormCommand],
  ["many", manyCommand],
  ["pages", pagesCommand],
  ["idle", idleCommand],
  ["publish", publishCommand],
  ["scaling", scalingCommand],
]);
const FULL_FANOUT = ["--readers", "1000,4000,15000", "--bytes", "800,4000"];

const NOTES = `
All load is on this machine, on loopback, bounded, and ends by itself. bench/README.md says what each scenario means,
and what to distrust. Exit codes: 0 done, 1 failed (also when a reader lost an update), 2 wrong usage.`;

/** @returns the exit code. What went wrong has been said on stderr, in words for people. */
export async function runBench(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: "user" });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
    console.error(error instanceof Error ? error.message : String(error));
    return FAILED;
  }
}

function program(): Command {
  const bench = new Command("npm run bench --")
    .description("What Dateline costs and how fast it is, beside its peers, measured in turn.")
    .addHelpText("after", NOTES)
    .showHelpAfterError("Add --help to see how it is used.")
    .exitOverride();
  for (const [name, describe] of SCENARIOS) describe(bench.command(name));
  bench
    .command("all")
    .description("every scenario, one after the other; fanout in all its sizes")
    .option("--quick", "small numbers, one round each: shows that everything works", false)
    .action(({ quick }: { quick: boolean }) => runAll(quick));
  return bench;
}

/** A scenario that fails does not keep the others from being measured. @throws when one has. */
async function runAll(quick: boolean): Promise<void> {
  const failed: string[] = [];
  for (const name of SCENARIOS.keys()) {
    console.log(`\n${name}`);
    const options = quick ? ["--quick"] : name === "fanout" ? FULL_FANOUT : [];
    if ((await runBench([name, ...options])) !== DONE) failed.push(name);
  }
  if (failed.length > 0) throw new Error(`Failed: ${failed.join(", ")}.`);
}
