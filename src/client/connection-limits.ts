/** The patience of a reader's connection, each with the reason for its value. */

/** The first retry is quick: most losses are one broken link, not a broken service. */
const FIRST_RETRY_MAX_MS = 500;
/** A reader that has waited longer than this would rather reload the page. */
const RETRY_MAX_MS = 30_000;

/** A connection that ends sooner has not worked: a service that accepts and drops must see its readers back off. */
export const STEADY_AFTER_MS = 30_000;
/** Of loading the socket code and both handshakes, on a bad mobile network. */
export const CONNECT_DEADLINE_MS = 20_000;
/** A socket whose joins go unanswered is dead, whatever its heartbeats say. */
export const JOIN_DEADLINE_MS = 10_000;
/** Long enough to read another article, short enough that forgotten tabs cost nothing. */
export const SLEEP_AFTER_MS = 5 * 60_000;
/** An ended story may be corrected or reopened; each look is answered from a shared cache. */
export const LOOK_INTERVAL_MS = 60_000;
export const LOOK_DEADLINE_MS = 10_000;
/** Ranges kept while a join is under way. What is dropped shows as a hole and is asked for again. */
export const EARLY_RANGES_MAX = 100;
/** Pages read below a snapshot that ends above what the reader has in front of them, and how often each is tried. */
export const DEPTH_PAGES_MAX = 25;
export const DEPTH_TRIES = 5;
/** For all of them; whatever is there by then has to do. */
export const DEPTH_BUDGET_MS = 15_000;
export const DEPTH_DEADLINE_MS = 20_000;
/** `setTimeout` fires at once beyond 2^31 ms, so a longer delay than this is not believed. */
export const TOLD_DELAY_MAX_MS = 24 * 60 * 60_000;

/**
 * How long to wait after `failures` earlier attempts: anything up to a bound that doubles each time. Full jitter
 * spreads readers that lost the same node over the whole span; a fixed part would only move the peak.
 *
 * @param random in [0, 1)
 * @returns milliseconds, below 500 at first, always below 30,000
 */
export function backoffMs(failures: number, random: number): number {
  return random * Math.min(RETRY_MAX_MS, FIRST_RETRY_MAX_MS * 2 ** failures);
}

/** Within the minute, and never all readers of a story in the same second. */
export function lookDelayMs(random: number): number {
  return LOOK_INTERVAL_MS * (1 - random / 4);
}
