import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** No child outlives the tests that started it. */
export function endWithTests(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
}

/** Has the kernel end the child with its parent, however that ends: a runner's timeout passes by every handler. */
const SETPRIV = "/usr/bin/setpriv";

/** The command that runs `command` so. */
export function boundToParent(command: string[]): [program: string, ...args: string[]] {
  const [program = "", ...args] = existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "KILL", "--", ...command] : command;
  return [program, ...args];
}
