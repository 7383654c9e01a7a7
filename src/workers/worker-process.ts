import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { WorkerState } from "../colleagues.ts";
import type { Link } from "../store/sqlite/link.ts";
import type { StoreHub } from "../store/sqlite/store-hub.ts";
import type { Guide } from "./door.ts";
import { CREW_TOPIC, STORE_TOPIC, type ToCrew, type ToPrimary } from "./messages.ts";
import { linkTo, shareConnection } from "./process-link.ts";

const MAIN = fileURLToPath(new URL("../main.js", import.meta.url));

/** How a process ended: its exit code, or the signal. */
export type End = number | string;

/** One worker as the primary sees it. */
export class WorkerProcess implements Guide {
  readonly number: number;
  readonly startedAt = performance.now();
  readonly ended: Promise<End>;
  /** What it has said of itself; null: nothing yet. */
  state: WorkerState | null = null;
  /** Whether it takes readers. */
  isServing = false;
  /** Why it could not start, in words for the operator. */
  failure: string | null = null;
  readonly #process: ChildProcess;
  readonly #link: Link<ToCrew, ToPrimary>;
  #silentForTicks = 0;

  constructor(number: number, environment: NodeJS.ProcessEnv, hub: StoreHub | null) {
    this.number = number;
    this.#process = fork(MAIN, { env: environment, serialization: "advanced" });
    // A failure to start is one of its ends.
    this.#process.on("error", () => {});
    this.ended = once(this.#process, "exit").then(([code, signal]) => (signal ?? code) as End);
    hub?.join(linkTo(this.#process, STORE_TOPIC));
    this.#link = linkTo(this.#process, CREW_TOPIC);
  }

  /** Distinguishes it from the one that it replaces. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get readers(): number {
    return this.state?.places ?? 0;
  }

  onMessage(listener: (message: ToPrimary) => void): void {
    this.#link.onMessage((message) => {
      this.#silentForTicks = 0;
      listener(message);
    });
  }

  tell(message: ToCrew): void {
    this.#link.post(message);
  }

  offer(connection: Socket): void {
    shareConnection(this.#process, connection);
  }

  /** Counted in ticks of the primary, which stand still as well while the machine sleeps. */
  tick(): number {
    this.#silentForTicks += 1;
    return this.#silentForTicks;
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }
}
