import { SEEN_MIN_INTERVAL_MS } from "../protocol/limits.ts";
import type { Changes } from "../protocol/shapes.ts";

/** About so many readers of a story are asked by each node, however many there are. */
const SAMPLED_READERS = 20;
/** A report that comes later tells of a page that slept, or is a lie. */
const REPORT_WITHIN_MS = 60_000;
const REMEMBERED_RANGES = 64;
/** The reader's clock may run a little faster than ours. */
const REPORTS_APART_MS = SEEN_MIN_INTERVAL_MS * 0.9;

/** The time of day, and one that nobody sets. Milliseconds. */
export type Clock = { wallMs(): number; steadyMs(): number };
const SYSTEM_CLOCK: Clock = { wallMs: () => Date.now(), steadyMs: () => performance.now() };

/** Which ranges a room has handed on lately, and when their last change was made. */
export class RecentRanges {
  readonly clock: Clock;
  readonly #ranges = new Map<number, { committedAt: number; handedOnAt: number }>();

  constructor(clock: Clock = SYSTEM_CLOCK) {
    this.clock = clock;
  }

  note({ to, changes }: Changes): void {
    const last = changes.at(-1);
    if (last?.seq !== to) return;
    this.#ranges.set(to, { committedAt: Date.parse(last.at), handedOnAt: this.clock.steadyMs() });
    const [oldest] = this.#ranges.keys();
    if (this.#ranges.size > REMEMBERED_RANGES && oldest !== undefined) this.#ranges.delete(oldest);
  }

  /**
   * How long ago the change was committed; null for what was not handed on just now. It is at least the time since it
   * was handed on, should the store's clock be ahead of ours.
   */
  delayMs(seq: number): number | null {
    const range = this.#ranges.get(seq);
    if (!range) return null;
    const sinceHandedOn = this.clock.steadyMs() - range.handedOnAt;
    return sinceHandedOn > REPORT_WITHIN_MS ? null : Math.max(sinceHandedOn, this.clock.wallMs() - range.committedAt);
  }
}

/**
 * A connection whose word may be wanted. Its lot is drawn once, and it is heard at the pace that it was asked for: neither
 * changes by joining again, nor by joining many stories.
 */
export class Witness {
  readonly #lot: number;
  #heardAt = Number.NEGATIVE_INFINITY;

  /** @param lot from 0 to 1. */
  constructor(lot: number = Math.random()) {
    this.#lot = lot;
  }

  /** @param seq of the reply to a join. @returns null where the reader is not asked. */
  sample(ranges: RecentRanges, readers: number, seq: number): DeliverySample | null {
    return this.#lot * readers < SAMPLED_READERS ? new DeliverySample(this, ranges, seq) : null;
  }

  isDue(now: number): boolean {
    return now - this.#heardAt >= REPORTS_APART_MS;
  }

  wasHeard(now: number): void {
    this.#heardAt = now;
  }
}

/**
 * What one reader, who was asked to, says of one story. It is believed about nothing but that this is now: the times are
 * ours. It is heard once for a range, and only about ranges that went to it.
 */
export class DeliverySample {
  readonly #witness: Witness;
  readonly #ranges: RecentRanges;
  #after: number;

  constructor(witness: Witness, ranges: RecentRanges, seq: number) {
    this.#witness = witness;
    this.#ranges = ranges;
    this.#after = seq;
  }

  /** @returns the delay of the delivery in milliseconds, or null for a report that says nothing. */
  hear(seq: number): number | null {
    const now = this.#ranges.clock.steadyMs();
    if (seq <= this.#after || !this.#witness.isDue(now)) return null;
    const delayMs = this.#ranges.delayMs(seq);
    if (delayMs === null) return null;
    this.#after = seq;
    this.#witness.wasHeard(now);
    return delayMs;
  }
}
