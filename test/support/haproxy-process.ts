import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { boundToParent, endWithTests } from "./children.ts";
import { findProgram } from "./debian.ts";

const LOOK_EVERY_MS = 20;

/** @throws where there is none and it cannot be installed. */
export function findHaproxy(): string {
  return findProgram({
    title: "HAProxy",
    neededBy: "tests of the load balancer",
    places: ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/opt/homebrew/bin/haproxy"],
    variable: "HAPROXY",
    debianPackage: "haproxy",
  });
}

/** A real HAProxy with the configuration that it is given. */
export class HaproxyProcess {
  readonly #child: ChildProcess;
  readonly #directory: string;
  log = "";

  private constructor(child: ChildProcess, directory: string) {
    this.#child = child;
    this.#directory = directory;
    for (const output of [child.stdout, child.stderr]) output?.on("data", (chunk) => this.#note(String(chunk)));
  }

  /** Resolves once it sends requests on to a node. */
  static async start(configuration: string, url: string): Promise<HaproxyProcess> {
    const directory = await mkdtemp(join(tmpdir(), "dateline-haproxy-"));
    const file = join(directory, "haproxy.cfg");
    await writeFile(file, configuration);
    const [program, ...args] = boundToParent([findHaproxy(), "-db", "-f", file]);
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    endWithTests(child);
    const haproxy = new HaproxyProcess(child, directory);
    while (!(await answers(url))) {
      if (child.exitCode !== null) throw new Error(`HAProxy ended at its start:\n${haproxy.log}`);
      await pause(LOOK_EVERY_MS);
    }
    return haproxy;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
    await rm(this.#directory, { recursive: true, force: true });
  }

  #note(output: string): void {
    this.log = (this.log + output).slice(-8_000);
  }
}

function answers(url: string): Promise<boolean> {
  return fetch(`${url}/health/serving`).then(
    ({ ok }) => ok,
    () => false,
  );
}
