import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

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
  readonly hostile = new Counter({
    name: "dateline_hostile_total",
    help: "Clients cut off for what they sent.",
    labelNames: ["reason"] as const,
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
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
