import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { boundToParent, endWithTests } from "./children.ts";
import { freePort } from "./free-port.ts";
import { ADMIN_KEY } from "./service.ts";

const MAIN = fileURLToPath(new URL("../../src/main.js", import.meta.url));

/** A thousand requests or so. */
const LOG_TAIL_CHARACTERS = 300_000;

export type Environment = Record<string, string>;

/** One node of the service, as operators run it: a process of its own, that can be killed for real. */
export class NodeProcess {
  readonly port: number;
  readonly url: string;
  readonly #env: Environment;
  readonly #prefix: string[];
  #child: ChildProcess | null = null;
  #exit: Promise<number | NodeJS.Signals | null> = Promise.resolve(null);
  log = "";

  private constructor(port: number, env: Environment, prefix: string[]) {
    this.#prefix = prefix;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#env = env;
  }

  /** @param prefix what to start it with, as `taskset -c 0`. */
  static async start(env: Environment, prefix: string[] = []): Promise<NodeProcess> {
    const node = new NodeProcess(await freePort(), env, prefix);
    await node.restart();
    return node;
  }

  /** Again on the same port, after it has ended. */
  async restart(): Promise<void> {
    const settings = {
      PORT: String(this.port),
      HOST: "127.0.0.1",
      ADMIN_KEY,
      NODE_ENV: "production",
      LOG_LEVEL: "error",
    };
    const { PATH = "", HOME = "" } = process.env;
    const env = { PATH, HOME, ...settings, ...this.#env };
    const [program, ...args] = boundToParent([...this.#prefix, process.execPath, MAIN]);
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    endWithTests(child);
    this.#exit = once(child, "exit").then(([code, signal]) => {
      if (this.#child === child) this.#child = null;
      return (code ?? signal) as number | NodeJS.Signals;
    });
    child.stderr.on("data", (chunk) => this.#note(String(chunk)));
    const listening = new Promise<boolean>((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.#note(`${line}\n`);
        if (line.includes("is listening on")) resolve(true);
      });
    });
    const started = await Promise.race([listening, this.#exit.then(() => false)]);
    if (!started) throw new Error(`The node did not start:\n${this.log}`);
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error("The node does not run.");
    return pid;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Its exit code, or the signal that ended it, once it has. */
  get exit(): Promise<number | NodeJS.Signals | null> {
    return this.#exit;
  }

  /** @returns its exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    this.signal(signal);
    return this.#exit;
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  #note(output: string): void {
    this.log = (this.log + output).slice(-LOG_TAIL_CHARACTERS);
  }
}
