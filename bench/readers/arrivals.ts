import { quantile } from "../support/statistics.ts";
import { type Heard, nowMs, type Publications } from "./reader-orders.ts";
import type { StoryTape } from "./story-tape.ts";

/** What has arrived at the readers of a process since it began to listen. */
export class Arrivals {
  #tapes: StoryTape[] = [];
  #froms: number[] = [];
  #tos: number[] = [];
  #atMs: number[] = [];
  #bytes = 0;
  #lost = 0;
  #repeated = 0;

  clear(): void {
    this.#tapes = [];
    this.#froms = [];
    this.#tos = [];
    this.#atMs = [];
    this.#bytes = 0;
    this.#lost = 0;
    this.#repeated = 0;
  }

  get count(): number {
    return this.#atMs.length;
  }

  addBytes(count: number): void {
    this.#bytes += count;
  }

  addLost(count: number): void {
    this.#lost += count;
  }

  /** A reader that stood at `seq` was told of (from, to]. */
  note(tape: StoryTape, seq: number, from: number, to: number): void {
    if (from > seq) this.#lost += from - seq;
    if (from < seq) this.#repeated += Math.min(seq, to) - from;
    this.#tapes.push(tape);
    this.#froms.push(from);
    this.#tos.push(to);
    this.#atMs.push(nowMs());
  }

  summary(publications: readonly Publications[]): Heard {
    const latencies = this.#latencies(new Map(publications.map((all) => [all.story, all])));
    const latency = { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), max: quantile(latencies, 1) };
    return {
      ...{ deliveries: this.count, changes: latencies.length, bytes: this.#bytes },
      ...{ latency, lost: this.#lost, repeated: this.#repeated },
    };
  }

  /** Of every change to every reader. */
  #latencies(publications: ReadonlyMap<string, Publications>): number[] {
    const latencies: number[] = [];
    for (const [index, tape] of this.#tapes.entries()) {
      const published = publications.get(tape.story);
      if (!published) continue;
      for (let seq = (this.#froms[index] ?? 0) + 1; seq <= (this.#tos[index] ?? 0); seq += 1) {
        const sentAt = published.at[seq - published.first];
        if (sentAt !== undefined) latencies.push((this.#atMs[index] ?? 0) - sentAt);
      }
    }
    return latencies;
  }
}
