import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { boundToParent, endWithTests } from "./children.ts";
import { findProgram } from "./debian.ts";
import { freePort } from "./free-port.ts";
import { redisCommand } from "./redis-command.ts";

const LOOK_EVERY_MS = 10;
const START_TIMEOUT_MS = 30_000;
const LOG_TAIL_CHARACTERS = 4000;

export type RedisOptions = {
  /** Of an earlier server, to continue its data; it is then the caller's to remove. */
  directory?: string;
  args?: string[];
  port?: number;
  /** `appendfsync always`: what was answered survives. @default false: nothing does. */
  appendOnly?: boolean;
};

/** @throws where there is none and it cannot be installed. */
export function findRedis(): string {
  return findProgram({
    title: "Redis",
    neededBy: "tests of the Redis store",
    places: ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"],
    variable: "REDIS_SERVER",
    debianPackage: "redis-server",
  });
}

/** A real Redis on a port of its own, in a directory of its own. Several: `redis-cluster.ts`, `redis-sentinels.ts`. */
export class RedisServer {
  readonly port: number;
  readonly url: string;
  readonly directory: string;
  readonly #args: string[];
  readonly #ownsDirectory: boolean;
  #child: ChildProcess | null = null;
  #log = "";

  private constructor(port: number, directory: string, args: string[], ownsDirectory: boolean) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.directory = directory;
    this.#args = args;
    this.#ownsDirectory = ownsDirectory;
  }

  static async start(options: RedisOptions = {}): Promise<RedisServer> {
    const port = options.port ?? (await freePort());
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "dateline-redis-")));
    const durability = options.appendOnly ? ["--appendonly", "yes", "--appendfsync", "always"] : [];
    const args = [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--daemonize", "no", "--save", ""],
      ...["--maxmemory-policy", "noeviction", ...durability, ...(options.args ?? [])],
    ];
    const server = new RedisServer(port, directory, args, options.directory === undefined);
    try {
      await server.#launch([findRedis(), ...args]);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error("Redis does not run.");
    return pid;
  }

  /** Leaves its data as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
  }

  /** The same server again, after `kill`. */
  async restart(): Promise<void> {
    await this.#launch([findRedis(), ...this.#args]);
  }

  /** It keeps its connections and its data, and does nothing. */
  pause(): void {
    process.kill(this.pid, "SIGSTOP");
  }

  resume(): void {
    process.kill(this.pid, "SIGCONT");
  }

  command(...args: string[]): Promise<string> {
    return redisCommand(this.port, args);
  }

  async stop(): Promise<void> {
    await this.kill();
    if (this.#ownsDirectory) await rm(this.directory, { recursive: true, force: true });
  }

  async #launch(command: string[]): Promise<void> {
    if (this.#child !== null) throw new Error("Redis is running already.");
    const [program, ...args] = boundToParent(command);
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#log = "";
    endWithTests(child);
    child.once("error", (error) => this.#note(error.message));
    child.once("close", () => {
      this.#child = null;
    });
    for (const output of [child.stdout, child.stderr]) output.on("data", (chunk) => this.#note(String(chunk)));
    await this.#ready();
  }

  #note(output: string): void {
    this.#log = (this.#log + output).slice(-LOG_TAIL_CHARACTERS);
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    let answer = "";
    while (answer !== "PONG") {
      if (this.#child === null) throw new Error(`Redis ended at its start:\n${this.#log}`);
      if (performance.now() > deadline) throw new Error(`Redis is not ready: ${answer}\n${this.#log}`);
      await pause(LOOK_EVERY_MS);
      answer = await this.#pingOwn().catch((error: Error) => error.message);
    }
  }

  /** Another server may answer on the port, and this one be about to end because of it. */
  async #pingOwn(): Promise<string> {
    const isOurs = (await this.command("INFO", "server")).includes(`process_id:${this.#child?.pid}\r`);
    return isOurs ? this.command("PING") : "Another server answers on its port.";
  }
}
