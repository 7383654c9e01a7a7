import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { JoinRequest } from "../../src/protocol/events.ts";
import { endWithTests } from "../../test/support/children.ts";
import type { Answer, Arrivals, Order } from "./reader-orders.ts";

const PROGRAM = fileURLToPath(new URL("./reader-process.js", import.meta.url));

/** Many readers in a process of their own, so that their work is not counted as the service's. */
export class Readers {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  count = 0;

  constructor() {
    this.#child = fork(PROGRAM);
    this.#exited = once(this.#child, "exit");
    endWithTests(this.#child);
  }

  async connect(port: number, count: number, join: JoinRequest): Promise<void> {
    await this.#ask({ do: "connect", port, count, join });
    this.count += count;
  }

  async rejoin(times: number, join: JoinRequest): Promise<void> {
    await this.#ask({ do: "rejoin", times, join });
  }

  /** @returns when every reader has got what `publish` publishes. */
  async receive(publish: () => Promise<unknown>): Promise<Arrivals> {
    await this.#ask({ do: "count" });
    await publish();
    const answer = await this.#ask({ do: "await", frames: this.count });
    if (!answer.arrivals) throw new Error("The readers have not said when.");
    return answer.arrivals;
  }

  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #ask(order: Order): Promise<Answer & { ok: true }> {
    const answered = once(this.#child, "message") as Promise<[Answer]>;
    this.#child.send(order);
    const [answer] = await Promise.race([answered, this.#exited.then(() => [null])]);
    if (!answer) throw new Error("The process of the readers has ended.");
    if (!answer.ok) throw new Error(answer.reason);
    return answer;
  }
}
