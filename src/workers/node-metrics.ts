import { AggregatorRegistry, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { type Sample, samplesOf } from "../metrics.ts";

/** A mean over the processes would hide the one that is late with everything. */
const WORST_OF = /^nodejs_eventloop_lag_(?!min)/;

/** Metrics of a node: those of its workers and of the process that started them become one. */
export class NodeMetrics {
  readonly #registry = new Registry();
  readonly #latest = new Map<number, Sample[]>();
  /** Counters must not fall when a worker is replaced: to Prometheus everything would have happened again. */
  #gone: Sample[] = [];

  /** @param placesOf sockets and streams of each worker by its number. */
  constructor(placesOf: () => Map<number, number>) {
    collectDefaultMetrics({ register: this.#registry });
    new Gauge({
      name: "dateline_workers",
      help: "Processes of this node that serve readers.",
      registers: [this.#registry],
      collect() {
        this.set(placesOf().size);
      },
    });
    new Gauge({
      name: "dateline_worker_readers",
      help: "Sockets and streams of each worker.",
      labelNames: ["worker"] as const,
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [worker, places] of placesOf()) this.set({ worker }, places);
      },
    });
  }

  take(process: number, samples: Sample[]): void {
    this.#latest.set(process, samples);
  }

  /** It has ended. What it counted stays counted. */
  async forget(process: number): Promise<void> {
    const counted = (this.#latest.get(process) ?? []).filter(({ type }) => type === "counter" || type === "histogram");
    this.#latest.delete(process);
    this.#gone = await samplesOf(AggregatorRegistry.aggregate([this.#gone, counted]));
  }

  /** By what was taken from each process last. */
  async text(): Promise<string> {
    const all = [await samplesOf(this.#registry), ...this.#latest.values(), this.#gone];
    return AggregatorRegistry.aggregate(all.map((samples) => samples.map(worst))).metrics();
  }
}

function worst(sample: Sample): Sample {
  return WORST_OF.test(sample.name) ? { ...sample, aggregator: "max" } : sample;
}
