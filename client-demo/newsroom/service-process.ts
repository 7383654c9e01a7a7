import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";

export type ServiceProcess = {
  /** Where it accepts connections, as soon as it does; null if it ended before. */
  address: Promise<string | null>;
  /** Its exit code, or 128 + the signal's number as a shell counts, once all its output has been passed on. */
  ended: Promise<number>;
  /** Passes the first signal on and no other: to the service, a second one means "exit now". */
  stop(signal: NodeJS.Signals): void;
};

export type ServiceOptions = {
  /** The compiled entry point. */
  mainPath: string;
  env: NodeJS.ProcessEnv;
  /** Every line that it prints on its standard output. Its standard error is the caller's. */
  onLine: (line: string) => void;
};

const ANNOUNCEMENT = /Dateline is listening on (https?:\/\/[\w.:/[\]-]*[\w\]])/;

/** Starts the service as a child that never outlives this process. */
export function startService({ mainPath, env, onLine }: ServiceOptions): ServiceProcess {
  const stopWithParent = new URL("./stop-with-parent.js", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", stopWithParent, mainPath], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
    // Ctrl-C reaches every process of the terminal's group; in a group of its own the service gets only what is
    // passed on.
    detached: true,
  });
  process.once("exit", () => killGroup(child));

  const ended = new Promise<number>((resolve) => {
    child.once("error", (error) => {
      onLine(`The service could not be started: ${error.message}`);
      resolve(1);
    });
    child.once("close", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
  const announced = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      onLine(line);
      const address = ANNOUNCEMENT.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
  });

  let stopping = false;
  return {
    address: Promise.race([announced, ended.then(() => null)]),
    ended,
    stop(signal) {
      if (stopping) return;
      stopping = true;
      child.kill(signal);
    },
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL"); // Windows knows no process groups.
  }
}
