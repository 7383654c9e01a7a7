import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

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

/** Every metric there is. What each is for: docs/operations.md. */
export class Metrics {
  readonly #registry = new Registry();
  readonly gapRepairs = this.#counter(
    "dateline_feed_gap_repairs_total",
    "Reads of the store because a feed lacked something.",
  );
  readonly storeReads = new Counter({
    name: "dateline_store_reads_total",
    help: "Reads of stories from the store.",
    labelNames: ["reason"] as const,
    registers: [this.#registry],
  });

  readonly refused = new Counter({
    name: "dateline_refused_total",
    help: "Requests, connections and joins that were refused because of a limit.",
    labelNames: ["reason"] as const,
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    // There from the start: of a series that begins with its first event, no increase is seen.
    for (const reason of REFUSALS) this.refused.inc({ reason }, 0);
  }

  /** @param read called whenever the metrics are asked for; null: there is nothing to tell yet. */
  gauge(name: string, help: string, read: () => number | null): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        const value = read();
        if (value === null) this.reset();
        else this.set(value);
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.#registry] });
  }
}
