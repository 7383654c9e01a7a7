import { quantile } from "../support/statistics.ts";
import { type Heard, nowMs, type Publication } from "./reader-orders.ts";
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

  summary(publications: readonly Publication[]): Heard {
    const latencies = this.#latencies(publications);
    const latency = { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), max: quantile(latencies, 1) };
    return {
      ...{ deliveries: this.count, changes: latencies.length, bytes: this.#bytes },
      ...{ latency, lost: this.#lost, repeated: this.#repeated },
    };
  }

  /** Of every change to every reader. */
  #latencies(publications: readonly Publication[]): number[] {
    const published = new Map<string, Map<number, number>>();
    for (const { story, seq, at } of publications) {
      const ofStory = published.get(story) ?? new Map();
      published.set(story, ofStory.set(seq, at));
    }
    const latencies: number[] = [];
    for (const [index, { story }] of this.#tapes.entries()) {
      for (let seq = (this.#froms[index] ?? 0) + 1; seq <= (this.#tos[index] ?? 0); seq += 1) {
        const at = published.get(story)?.get(seq);
        if (at !== undefined) latencies.push((this.#atMs[index] ?? 0) - at);
      }
    }
    return latencies;
  }
}
