import { Command, CommanderError } from "commander";
import { readVersion } from "../version.ts";
import { keysCommand } from "./keys.ts";
import { storiesCommand } from "./stories.ts";

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const EXAMPLES = `
Examples:
  dateline serve
  dateline keys create --name "News desk"
  dateline stories export election-night --output election-night.json
  DATA_DIR=/srv/other dateline stories import election-night.json

Settings are taken from the environment, like the server's: DATA_DIR or REDIS_URL say which store is meant.
Exit codes: 0 done, 1 failed, 2 wrong usage.`;

/** @returns the exit code. What went wrong has been said on stderr, in words for people. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: "user" });
    return DONE;
  } catch (error) {
    // Commander has said by now what is wrong, or has shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
    console.error(messageOf(error));
    return FAILED;
  }
}

function program(): Command {
  const dateline = new Command("dateline")
    .description("Real-time updates for live news stories.")
    .version(readVersion())
    .addHelpText("after", EXAMPLES)
    .showHelpAfterError("Add --help to see how it is used.")
    .exitOverride();
  dateline
    .command("serve")
    .description("start the server, as npm start does")
    .addHelpText("after", "\nExamples:\n  dateline serve\n  PORT=8080 DATA_DIR=/srv/dateline dateline serve")
    .action(async () => {
      await import("../main.ts");
    });
  keysCommand(dateline.command("keys"));
  storiesCommand(dateline.command("stories"));
  return dateline;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Stores say what may be shown to anybody; who runs this may see more.
  return typeof error.cause === "string" ? `${error.message} (${error.cause})` : error.message;
}
