import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import type { WorkerState } from "../service.ts";
import type { Link } from "../store/sqlite/link.ts";
import type { StoreHub } from "../store/sqlite/store-hub.ts";
import { CREW_TOPIC, STORE_TOPIC, type ToCrew, type ToPrimary, WORKER_VARIABLE } from "./messages.ts";
import { linkTo } from "./process-link.ts";

export type Started = { url: string; firstAdminKey: string | null };
/** How a process ended: its exit code, or the signal. */
export type End = number | string;

/** One worker as the primary sees it. */
export class WorkerProcess {
  readonly number: number;
  readonly startedAt = performance.now();
  readonly ended: Promise<End>;
  /** It takes readers. Stays open when it never does. */
  readonly started: Promise<Started>;
  /** What it has said of itself; null: nothing yet. */
  state: WorkerState | null = null;
  /** Why it could not start, in words for the operator. */
  failure: string | null = null;
  readonly #worker: Worker;
  readonly #link: Link<ToCrew, ToPrimary>;
  #onStarted: (started: Started) => void = () => {};
  #serves = false;
  #silentForTicks = 0;

  constructor(number: number, hub: StoreHub | null, onMessage: (message: ToPrimary) => void) {
    this.number = number;
    this.#worker = cluster.fork({ [WORKER_VARIABLE]: String(number) });
    this.ended = once(this.#worker, "exit").then(([code, signal]) => (signal ?? code) as End);
    this.started = new Promise((resolve) => {
      this.#onStarted = resolve;
    });
    hub?.join(linkTo(this.#worker, STORE_TOPIC));
    this.#link = linkTo(this.#worker, CREW_TOPIC);
    this.#link.onMessage((message) => {
      this.#silentForTicks = 0;
      onMessage(message);
    });
  }

  /** Distinguishes it from the one that it replaces. */
  get pid(): number {
    return this.#worker.process.pid ?? 0;
  }

  get isServing(): boolean {
    return this.#serves;
  }

  serves(started: Started): void {
    this.#serves = true;
    this.#onStarted(started);
  }

  fails(reason: string): void {
    this.failure = reason;
    this.kill();
  }

  tell(message: ToCrew): void {
    this.#link.post(message);
  }

  /** Counted in ticks of the primary, which stand still as well while the machine sleeps. */
  tick(): number {
    this.#silentForTicks += 1;
    return this.#silentForTicks;
  }

  kill(): void {
    this.#worker.process.kill("SIGKILL");
  }
}
