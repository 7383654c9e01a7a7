import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { boundToParent, endWithTests } from "./children.ts";
import { freePort } from "./free-port.ts";
import { redisCommand } from "./redis-command.ts";
import { findRedis, RedisServer } from "./redis-server.ts";

const MASTER_NAME = "live";
const QUORUM = 2;
const LOOK_EVERY_MS = 50;

/** A master, a replica of it, and three sentinels that promote the replica when they miss the master. */
export class RedisSentinels {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly url: string;
  readonly #ports: number[];
  readonly #sentinels: ChildProcess[];
  readonly #directory: string;

  private constructor(master: RedisServer, replica: RedisServer, directory: string, ports: number[]) {
    this.master = master;
    this.replica = replica;
    this.#directory = directory;
    this.#ports = ports;
    this.#sentinels = ports.map((port) => launch(join(directory, `${port}.conf`)));
    this.url = `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(",")}/${MASTER_NAME}`;
  }

  static async start(): Promise<RedisSentinels> {
    const master = await RedisServer.start({ appendOnly: true, args: ["--repl-diskless-sync-delay", "0"] });
    const replica = await RedisServer.start({
      appendOnly: true,
      args: ["--replicaof", "127.0.0.1", String(master.port)],
    });
    while (!/master_link_status:up/.test(await replica.command("INFO", "replication"))) await pause(LOOK_EVERY_MS);
    const directory = await mkdtemp(join(tmpdir(), "dateline-sentinels-"));
    const ports: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      const port = await freePort();
      ports.push(port);
      await writeFile(join(directory, `${port}.conf`), configuration(port, master.port));
    }
    const sentinels = new RedisSentinels(master, replica, directory, ports);
    await sentinels.#know(/num-slaves\n1\n[\s\S]*num-other-sentinels\n2\n/);
    return sentinels;
  }

  /** Resolves when every sentinel names another master. */
  async promoted(): Promise<void> {
    for (const port of this.#ports) {
      const address = () => redisCommand(port, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME]);
      while (!(await address()).includes(String(this.replica.port))) await pause(LOOK_EVERY_MS);
    }
  }

  async stop(): Promise<void> {
    for (const child of this.#sentinels) child.kill("SIGKILL");
    await Promise.all([this.master.stop(), this.replica.stop()]);
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #know(what: RegExp): Promise<void> {
    for (const port of this.#ports) {
      const state = () => redisCommand(port, ["SENTINEL", "MASTER", MASTER_NAME]).catch(() => "");
      while (!what.test(`${await state()}\n`)) await pause(LOOK_EVERY_MS);
    }
  }
}

function configuration(port: number, masterPort: number): string {
  return [
    `port ${port}`,
    "bind 127.0.0.1",
    `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${masterPort} ${QUORUM}`,
    `sentinel down-after-milliseconds ${MASTER_NAME} 1000`,
    `sentinel failover-timeout ${MASTER_NAME} 3000`,
    "",
  ].join("\n");
}

function launch(file: string): ChildProcess {
  const [program, ...args] = boundToParent([findRedis(), file, "--sentinel"]);
  const child = spawn(program, args, { stdio: "ignore" });
  endWithTests(child);
  return child;
}
