import { Command, CommanderError } from "commander";
import { fanoutCommand } from "./scenarios/fanout.ts";
import { pagesCommand } from "./scenarios/pages.ts";
import { scalingCommand } from "./scenarios/scaling.ts";

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

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
  fanoutCommand(bench.command("fanout"));
  pagesCommand(bench.command("pages"));
  scalingCommand(bench.command("scaling"));
  return bench;
}
