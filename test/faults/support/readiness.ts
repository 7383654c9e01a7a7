import { setTimeout as pause } from "node:timers/promises";
import type { NodeProcess } from "../../support/node-process.ts";

const LOOK_EVERY_MS = 250;
/** A node that is stopped does not answer; that is no untruth. */
const ANSWER_TIMEOUT_MS = 1_000;
const PROOF_MAX_AGE_MS = 15_000;

type Check = [{ observedValue: number | null }];
type Health = { checks: { "fanOut:age": Check; "node:draining": Check } };

/** Watches, all through a fault, whether nodes say that they are ready exactly while deliveries are lately proven. */
export class ReadinessWatch {
  readonly untruths: string[] = [];
  looks = 0;
  readonly #nodes: readonly NodeProcess[];
  #watching: Promise<void>;
  #stopped = false;

  constructor(nodes: readonly NodeProcess[]) {
    this.#nodes = nodes;
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      await Promise.all(this.#nodes.map((node) => this.#look(node)));
      await pause(LOOK_EVERY_MS);
    }
  }

  async #look({ url, isRunning }: NodeProcess): Promise<void> {
    if (!isRunning) return;
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
      const { checks } = (await response.json()) as Health;
      const [{ observedValue: ageMs }] = checks["fanOut:age"];
      const [{ observedValue: draining }] = checks["node:draining"];
      const isProven = ageMs !== null && ageMs <= PROOF_MAX_AGE_MS;
      this.looks += 1;
      // The answer and the age beside it are of two moments.
      if (ageMs !== null && Math.abs(ageMs - PROOF_MAX_AGE_MS) < 100) return;
      if (response.ok !== (isProven && draining === 0)) {
        this.untruths.push(`${url} answered ${response.status} with a proof of ${ageMs} ms, draining ${draining}`);
      }
    } catch {
      // Killed, stopped, or on its way up.
    }
  }
}
