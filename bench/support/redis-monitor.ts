import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { scripts } from "../../src/store/redis/scripts.ts";
import type { RedisServer } from "../../test/support/redis-server.ts";

/** How often each command was given: by clients, a script by its name, and by the scripts themselves. */
export type Commands = { byClients: Map<string, number>; inScripts: Map<string, number> };

const LINE = /^\+?\d+\.\d+ \[\d+ (\S+?)\] "(.*?)"(?: "(.*?)")?/;
const nameOfScript = new Map(Object.entries(scripts).map(([name, { sha1 }]) => [sha1, name]));

/** Sees every command that a Redis carries out, and who gave it, which `INFO commandstats` does not tell apart. */
export class RedisMonitor {
  readonly #server: RedisServer;
  readonly #socket: Socket;
  readonly #commands: Commands = { byClients: new Map(), inScripts: new Map() };
  readonly #end = randomBytes(9).toString("base64url");
  #ended: () => void = () => {};

  private constructor(server: RedisServer, socket: Socket) {
    this.#server = server;
    this.#socket = socket;
  }

  static async start(server: RedisServer): Promise<RedisMonitor> {
    const socket = connect(server.port, "127.0.0.1");
    const monitor = new RedisMonitor(server, socket);
    const lines = createInterface({ input: socket });
    socket.write("MONITOR\r\n");
    await once(lines, "line");
    lines.on("line", (line) => monitor.#note(line));
    return monitor;
  }

  /** Of everything that was carried out before this call. */
  async stop(): Promise<Commands> {
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    await this.#server.command("ECHO", this.#end);
    await ended;
    this.#socket.destroy();
    return this.#commands;
  }

  #note(line: string): void {
    const [, source = "", command = "", argument = ""] = LINE.exec(line) ?? [];
    if (argument === this.#end) {
      this.#ended();
      return;
    }
    const counts = source === "lua" ? this.#commands.inScripts : this.#commands.byClients;
    const name = /^eval(sha)?$/i.test(command) ? `script ${nameOfScript.get(argument) ?? "?"}` : command.toUpperCase();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}
