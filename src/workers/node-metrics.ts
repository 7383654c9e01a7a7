import { AggregatorRegistry, collectDefaultMetrics, Registry } from "prom-client";
import { observeWorkers, type Sample, samplesOf } from "../metrics.ts";

/** A mean or a sum would hide the process that is late with everything, or that has no file left. */
const WORST_OF = /^(nodejs_eventloop_lag_(?!min)|process_(open|max)_fds)/;

/** Metrics of a node: those of its workers and of the process that started them become one. */
export class NodeMetrics {
  readonly #registry = new Registry();
  readonly #latest = new Map<number, Sample[]>();
  /** Counters must not fall when a worker is replaced: to Prometheus everything would have happened again. */
  #gone: Sample[] = [];

  constructor(readersOf: () => ReadonlyMap<number, number>) {
    collectDefaultMetrics({ register: this.#registry });
    observeWorkers(this.#registry, readersOf);
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
