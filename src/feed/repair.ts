export type Wait = (ms: number) => Promise<void>;

/** How long to leave the store alone after the nth failure, counted from 0: a fifth of a second up to five. */
export function backoffMs(attempt: number): number {
  return Math.min(5_000, 200 * 2 ** Math.min(attempt, 10));
}
