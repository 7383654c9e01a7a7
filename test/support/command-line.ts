import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const COMMAND_LINE = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** Whether it is said depends on how busy the machine is. */
const SLOW = /^(Opening|Reading|Importing) .* …\n/gm;

export type Ended = { code: number | null; stdout: string; stderr: string };
export type Surroundings = {
  env?: Record<string, string>;
  input?: string | Uint8Array;
  cwd?: string;
  /** What to start it with, as `taskset -c 0`. */
  prefix?: readonly string[];
};

/** `dateline` as a process of its own, with these settings and no others. */
export function startDateline(args: readonly string[], { env = {}, cwd, prefix = [] }: Surroundings = {}) {
  const { PATH = "" } = process.env;
  const [program = "", ...rest] = [...prefix, process.execPath, COMMAND_LINE, ...args];
  return spawn(program, rest, { env: { PATH, ...env }, cwd, stdio: "pipe" });
}

export async function dateline(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const child = startDateline(args, surroundings);
  child.stdin.on("error", () => {}); // It may end without having read what it was given.
  child.stdin.end(surroundings.input ?? "");
  const [stdout, said, code] = await Promise.all([text(child.stdout), text(child.stderr), exitOf(child)]);
  return { code, stdout, stderr: said.replace(SLOW, "") };
}

export async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}
