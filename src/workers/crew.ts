import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { openStoreHub } from "../store/open-stores.ts";
import type { StoreHub } from "../store/sqlite/store-hub.ts";
import { Collection } from "./collection.ts";
import { Door } from "./door.ts";
import { SIGN_OF_LIFE_MS, type ToPrimary, WORKER_VARIABLE } from "./messages.ts";
import { NodeMetrics } from "./node-metrics.ts";
import { Restarts } from "./restarts.ts";
import { type End, WorkerProcess } from "./worker-process.ts";

/** Longer than any fan-out, any first look at a long story. What stands still for so long does so for good. */
const SILENT_TICKS_MAX = 30;
/** Beyond the window for readers: the answers that are still owed then, and the way out. */
const END_AFTER_WINDOW_MS = 5_000;

export type CrewOptions = {
  config: Config;
  logger: Logger;
  /** Workers read their settings from it. */
  environment: NodeJS.ProcessEnv;
  /** Told when workers die at once, again and again, and none is left. Nothing is served any more. */
  onGivenUp: () => void;
};

/**
 * The workers of a node. This process has the port and the embedded store for them; it starts them, replaces who dies,
 * and sees them all out.
 */
export class Crew {
  readonly #options: CrewOptions;
  readonly #hub: StoreHub | null;
  readonly #workers = new Map<number, WorkerProcess>();
  readonly #restarts = new Restarts();
  readonly #collection = new Collection();
  readonly #metrics = new NodeMetrics(() => this.#readers());
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #door = new Door();
  #closing: Promise<void> | null = null;
  #statesAreDue = false;
  #port = 0;
  #firstAdminKey: string | null = null;

  private constructor(options: CrewOptions, hub: StoreHub | null) {
    this.#options = options;
    this.#hub = hub;
  }

  /** Resolves when all workers take readers. Rejects when they cannot, with nothing left running. */
  static async start(options: CrewOptions): Promise<Crew> {
    const crew = new Crew(options, options.config.redis ? null : await openStoreHub(options.config));
    process.once("exit", () => crew.#killAll());
    try {
      await crew.#start();
      return crew;
    } catch (error) {
      await crew.#abandon();
      throw error;
    }
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Made by the first worker because nobody held a key yet; null otherwise. */
  get firstAdminKey(): string | null {
    return this.#firstAdminKey;
  }

  /** Lets readers go within the drain window, then stops. Rejects when a worker did not end well. [R4] */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The first alone: what is made at a first start is made once, and what prevents a start is said once. */
  async #start(): Promise<void> {
    const { port, host, workers } = this.#options.config;
    this.#port = await this.#door.open(port, host);
    await this.#startFirstTime(1);
    const others = Array.from({ length: workers - 1 }, (_, index) => index + 2);
    await Promise.all(others.map((number) => this.#startFirstTime(number)));
    for (const worker of this.#workers.values()) this.#replaceWhenEnded(worker);
    this.#timers.add(setInterval(() => this.#endTheSilent(), SIGN_OF_LIFE_MS).unref());
  }

  #startFirstTime(number: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = this.#launch(number, resolve);
      void worker.ended.then((end) => reject(startFailureOf(worker, end)));
    });
  }

  #launch(number: number, onStarted: () => void = () => {}): WorkerProcess {
    const own = { [WORKER_VARIABLE]: String(number), PORT: String(this.#port) };
    const worker = new WorkerProcess(number, { ...this.#options.environment, ...own }, this.#hub);
    worker.onMessage((message) => {
      if (message.kind === "started") {
        this.#open(worker, message.firstAdminKey);
        onStarted();
      } else this.#receive(worker, message);
    });
    this.#workers.set(number, worker);
    void worker.ended.then(() => this.#leave(worker));
    return worker;
  }

  #open(worker: WorkerProcess, firstAdminKey: string | null): void {
    this.#options.logger.info({ worker: worker.number, workerPid: worker.pid }, "worker started");
    this.#firstAdminKey ??= firstAdminKey;
    worker.isServing = true;
    this.#door.admit(worker);
  }

  #replaceWhenEnded(worker: WorkerProcess): void {
    const { logger, onGivenUp } = this.#options;
    void worker.ended.then((end) => {
      if (this.#closing !== null) return;
      const { number, pid, failure: reason } = worker;
      const othersServe = [...this.#workers.values()].some(({ isServing }) => isServing);
      const inMs = this.#restarts.afterDeath(performance.now() - worker.startedAt, othersServe);
      logger.error({ worker: number, workerPid: pid, end, reason, restartInMs: inMs }, "worker died");
      if (inMs === null) return onGivenUp();
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#replaceWhenEnded(this.#launch(number));
      }, inMs);
      this.#timers.add(timer);
    });
  }

  #receive(worker: WorkerProcess, message: Exclude<ToPrimary, { kind: "started" }>): void {
    switch (message.kind) {
      case "failed":
        worker.failure = message.reason;
        worker.kill();
        return;
      case "took":
        this.#door.took(worker, message.count);
        return;
      case "drained":
        this.#door.dismiss(worker);
        return;
      case "state":
        worker.state = message.state;
        this.#door.counted(worker);
        this.#tellStates();
        return;
      case "metricsWanted":
        void this.#tellMetrics(worker, message.id);
        return;
      case "samples":
        this.#metrics.take(worker.pid, message.samples);
        this.#collection.answered(message.id, worker.pid);
    }
  }

  #leave(worker: WorkerProcess): void {
    worker.isServing = false;
    this.#door.dismiss(worker);
    if (this.#workers.get(worker.number) === worker) this.#workers.delete(worker.number);
    this.#collection.ended(worker.pid);
    void this.#metrics.forget(worker.pid);
    this.#tellStates();
  }

  /** Once for all that have changed in this turn. */
  #tellStates(): void {
    if (this.#statesAreDue) return;
    this.#statesAreDue = true;
    setImmediate(() => {
      this.#statesAreDue = false;
      const numbers = Array.from({ length: this.#options.config.workers }, (_, index) => index + 1);
      const states = numbers.map((number) => this.#workers.get(number)?.state ?? null);
      for (const worker of this.#workers.values()) worker.tell({ kind: "states", states });
    });
  }

  async #tellMetrics(asker: WorkerProcess, id: number): Promise<void> {
    const serving = [...this.#workers.values()].filter(({ isServing }) => isServing);
    const pids = serving.map(({ pid }) => pid);
    await this.#collection.from(pids, (collectionId) => {
      for (const worker of serving) worker.tell({ kind: "samplesWanted", id: collectionId });
    });
    asker.tell({ kind: "metrics", id, text: await this.#metrics.text() });
  }

  #readers(): Map<number, number> {
    const serving = [...this.#workers.values()].filter(({ isServing }) => isServing);
    return new Map(serving.map(({ number, readers }) => [number, readers]));
  }

  #endTheSilent(): void {
    for (const worker of this.#workers.values()) {
      if (worker.tick() <= SILENT_TICKS_MAX) continue;
      this.#options.logger.error({ worker: worker.number, workerPid: worker.pid }, "worker stands still and is ended");
      worker.kill();
    }
  }

  async #close(): Promise<void> {
    const workers = [...this.#workers.values()];
    for (const timer of this.#timers) clearTimeout(timer);
    const late = setTimeout(() => this.#killAll(), this.#options.config.drainMs + END_AFTER_WINDOW_MS);
    for (const worker of workers) worker.tell({ kind: "drain" });
    const ends = await Promise.all(workers.map(({ ended }) => ended));
    clearTimeout(late);
    this.#door.close();
    await this.#hub?.close();
    const unwell = ends.find((end) => end !== 0);
    if (unwell !== undefined) throw new Error(`A worker ended with ${unwell} instead of 0.`);
  }

  async #abandon(): Promise<void> {
    this.#closing = Promise.resolve();
    const workers = [...this.#workers.values()];
    this.#door.close();
    this.#killAll();
    await Promise.all(workers.map(({ ended }) => ended));
    await this.#hub?.close();
  }

  #killAll(): void {
    for (const worker of this.#workers.values()) worker.kill();
  }
}

function startFailureOf({ number, failure }: WorkerProcess, end: End): Error {
  return new Error(failure ?? `worker ${number} ended with ${end} before it took readers.`);
}
