import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { RequestObserver } from "./http/request-log.ts";
import type { Observer } from "./realtime/observer.ts";
import type { StoreObserver } from "./store/observed-stores.ts";

/** Why something was refused: by a limit that an operator sets, or by one that is fixed. */
const REFUSALS = [
  "publish_rate",
  "read_rate",
  "connections",
  "connections_per_address",
  "handshakes",
  "join_rate",
  "body_size",
] as const;
export type RefusedReason = (typeof REFUSALS)[number];

/** From what a page hardly notices to what readers complain of. */
const DELIVERY_SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const WORK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** By default it is 10: a hundred times a second an idle process was woken, which cost it most of what it took. */
const LOOP_RESOLUTION_MS = 50;

/** One metric as a process has it, with how those of several workers become one. Its values are prom-client's own. */
export type Sample = {
  name: string;
  type: "counter" | "gauge" | "histogram" | "summary";
  aggregator: Aggregator;
  values: unknown[];
};

/** The published types take the type of a metric for a number. */
export async function samplesOf(registry: Registry): Promise<Sample[]> {
  return (await registry.getMetricsAsJSON()) as unknown as Sample[];
}

/** What whoever sees all workers of a node tells of them. */
export function observeWorkers(registry: Registry, readersOf: () => ReadonlyMap<number, number>): void {
  new Gauge({
    name: "dateline_workers",
    help: "Processes of this node that serve readers.",
    registers: [registry],
    collect() {
      this.set(readersOf().size);
    },
  });
  new Gauge({
    name: "dateline_worker_readers",
    help: "Sockets and streams of each worker.",
    labelNames: ["worker"] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const [worker, readers] of readersOf()) this.set({ worker }, readers);
    },
  });
}

/** Every metric there is. What each is for, and what to do when it is wrong: docs/operations.md. */
export class Metrics {
  readonly #registry = new Registry();

  /** What the rooms tell of readers. */
  readonly readers = this.#readers();
  /** What the stores tell of reads and commits. */
  readonly stores = this.#stores();
  /** What the application tells of requests. */
  readonly requests = this.#requests();
  readonly gapRepairs = this.#counter(
    "dateline_feed_gap_repairs_total",
    "Reads of the store because a feed lacked something.",
  );
  readonly hostile = this.#counter("dateline_hostile_total", "Clients cut off for what they sent.", "reason");

  readonly refused = this.#counter(
    "dateline_refused_total",
    "Requests, connections and joins that were refused because of a limit.",
    "reason",
  );

  constructor(version: string) {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LOOP_RESOLUTION_MS });
    new Gauge({
      ...{ name: "dateline_build_info", help: "1; the version is the label.", labelNames: ["version"] as const },
      ...{ aggregator: "first" as const },
      registers: [this.#registry],
    }).set({ version }, 1);
    // There from the start: of a series that begins with its first event, no increase is seen.
    for (const reason of REFUSALS) this.refused.inc({ reason }, 0);
  }

  /**
   * @param read called whenever the metrics are asked for; null: there is nothing to tell yet.
   * @param aggregator what is true of a node whose workers say different things.
   */
  gauge(name: string, help: string, read: () => number | null, aggregator: Aggregator = "sum"): void {
    new Gauge({
      ...{ name, help, aggregator, registers: [this.#registry] },
      collect() {
        const value = read();
        if (value === null) this.reset();
        else this.set(value);
      },
    });
  }

  /** @param readersOf of each worker of the node by its number. */
  workers(readersOf: () => ReadonlyMap<number, number>): void {
    observeWorkers(this.#registry, readersOf);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The same for adding up with those of other workers. */
  samples(): Promise<Sample[]> {
    return samplesOf(this.#registry);
  }

  #readers(): Observer {
    const joins = this.#counter("dateline_joins_total", "Readers let into a story.", "transport", "mode");
    const refusals = this.#counter("dateline_join_refusals_total", "Joins that were refused.", "code");
    const deliveries = this.#counter("dateline_deliveries_total", "Ranges written to readers.");
    const resets = this.#counter("dateline_resets_total", "Readers told to start again.", "reason");
    const slow = this.#counter("dateline_slow_readers_total", "Readers whose queue was dropped.");
    const delivery = this.#histogram(
      "dateline_delivery_seconds",
      "From the commit of a change until a sampled reader has said that it is painted.",
      DELIVERY_SECONDS,
    );
    return {
      joined: (transport, mode) => joins.inc({ transport, mode }),
      refused: (code) => refusals.inc({ code }),
      handedOn: (readers) => deliveries.inc(readers),
      reset: (reason) => resets.inc({ reason }),
      tooSlow: () => slow.inc(),
      seen: (seconds) => delivery.observe(seconds),
    };
  }

  #stores(): StoreObserver {
    const reads = this.#counter("dateline_store_reads_total", "Reads of stories from the store.", "reason");
    const changes = this.#counter("dateline_changes_total", "Changes committed through this node.", "kind");
    const commits = this.#counter("dateline_commits_total", "Commits by what became of them.", "outcome");
    const seconds = this.#histogram("dateline_commit_seconds", "Until the store has answered a commit.", WORK_SECONDS);
    return {
      read: (reason) => reads.inc({ reason }),
      committed: (result, took) => {
        commits.inc({ outcome: result.outcome });
        seconds.observe(took);
        if (result.outcome === "done") for (const { kind } of result.changes) changes.inc({ kind });
      },
      commitFailed: (took) => {
        commits.inc({ outcome: "failed" });
        seconds.observe(took);
      },
    };
  }

  #requests(): RequestObserver {
    const requests = this.#counter("dateline_http_requests_total", "Requests answered.", "kind", "status");
    const seconds = this.#histogram(
      "dateline_http_request_seconds",
      "Until a request was answered; without streams.",
      WORK_SECONDS,
      "kind",
    );
    return (kind, status, took) => {
      requests.inc({ kind, status });
      if (kind !== "stream") seconds.observe({ kind }, took);
    };
  }

  #counter<L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram<L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]): Histogram<L> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.#registry] });
  }
}
