import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
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

const CONFIGURATION = readFileSync(new URL("../../../deploy/haproxy/haproxy.cfg", import.meta.url), "utf8");

export type Places = {
  port: number;
  tlsPort?: number;
  /** Ports of the nodes. */
  nodes: readonly [number, number];
};

/** The configuration of `deploy/` as it is, but for where the balancer and the nodes listen. */
export function deployedConfiguration({ port, tlsPort = 0, nodes }: Places): string {
  return nodes.reduce(
    (text, node, index) => text.replaceAll(`node-${index + 1}:3000`, `127.0.0.1:${node}`),
    CONFIGURATION.replace("bind :8080", `bind 127.0.0.1:${port}`).replace("bind :8443", `bind 127.0.0.1:${tlsPort}`),
  );
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

  /** Resolves once it sends requests on to a node. @param environment what the configuration looks for there. */
  static async start(
    configuration: string,
    url: string,
    environment: Record<string, string> = {},
  ): Promise<HaproxyProcess> {
    const directory = await mkdtemp(join(tmpdir(), "dateline-haproxy-"));
    const file = join(directory, "haproxy.cfg");
    await writeFile(file, configuration);
    const [program, ...args] = boundToParent([findHaproxy(), "-db", "-f", file]);
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: environment });
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
