import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { JoinRequest } from "../../src/protocol/events.ts";
import { endWithTests } from "../../test/support/children.ts";
import { checkOpenFiles } from "../support/open-files.ts";
import type { Answer, Entered, Entrance, Heard, Order, Publication } from "./reader-orders.ts";

const PROGRAM = fileURLToPath(new URL("./reader-process.js", import.meta.url));
/** More would only wait in the listen queue. */
const CONNECT_AT_ONCE = 64;
/** Whoever hears nothing for so long will not hear any more. */
const SILENCE_MS = 10_000;
/** Servers that do not answer do not hold up the bench for ever. */
const PATIENCE_MS = 300_000;

export type Arrival = Pick<Entrance, "port" | "dialect"> & { stories: readonly string[] } & Partial<Entrance>;

/** Many readers in a process of their own, so that their work is not counted as the server's. */
export class Readers {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  count = 0;

  /** @param prefix what to start the process with, as `taskset -c 1`. */
  constructor(prefix: readonly string[] = []) {
    const [execPath = process.execPath, ...before] = prefix;
    const execArgv = prefix.length === 0 ? [] : [...before, process.execPath];
    this.#child = fork(PROGRAM, { execPath, execArgv });
    this.#exited = once(this.#child, "exit");
    endWithTests(this.#child);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("The process of the readers does not run.");
    return this.#child.pid;
  }

  /** @returns when all of them are in. */
  async enter(arrival: Arrival): Promise<Entered> {
    const usual = { readersEach: 1, atOnce: CONNECT_AT_ONCE, head: 0, join: {}, deflate: false };
    const entrance = { ...usual, ...arrival, stories: [...arrival.stories] };
    const more = entrance.stories.length * entrance.readersEach;
    checkOpenFiles(this.count + more);
    const { entered } = await this.#ask({ do: "enter", ...entrance });
    this.count += more;
    return entered ?? { refusals: 0 };
  }

  async rejoin(times: number, join: JoinRequest): Promise<void> {
    await this.#ask({ do: "rejoin", times, join });
  }

  /** From now on, for `collect`. */
  async listen(): Promise<void> {
    await this.#ask({ do: "listen" });
  }

  /** @returns when all readers stand at the head of their story, or nothing arrives any more; how many do not. */
  async reach(heads: Record<string, number>, silenceMs = SILENCE_MS): Promise<number> {
    const { behind } = await this.#ask({ do: "await", heads, silenceMs });
    return behind ?? 0;
  }

  async collect(publications: Publication[]): Promise<Heard> {
    const { heard } = await this.#ask({ do: "collect", publications });
    if (!heard) throw new Error("The readers have not said what they heard.");
    return heard;
  }

  /** All at once, as if their node had died. */
  async leave(): Promise<void> {
    await this.#ask({ do: "leave" });
    this.count = 0;
  }

  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
  }

  async #ask(order: Order): Promise<Answer & { ok: true }> {
    const answered = once(this.#child, "message", { signal: AbortSignal.timeout(PATIENCE_MS) }) as Promise<[Answer]>;
    this.#child.send(order);
    const [answer] = await Promise.race([answered, this.#exited.then(() => [null])]).catch(() => {
      throw new Error(`The readers did not get done with "${order.do}" within ${PATIENCE_MS / 1_000} s.`);
    });
    if (!answer) throw new Error("The process of the readers has ended.");
    if (!answer.ok) throw new Error(answer.reason);
    return answer;
  }
}
