/** @param share 0 to 1. @returns NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Of an even number of values: the middle of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const below = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  const above = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return (below + above) / 2;
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** One after the other, so that no round disturbs another. */
export async function repeat<T>(times: number, round: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < times; index += 1) results.push(await round(index));
  return results;
}

/** `total` tasks, `atOnce` of them under way at any time. @returns how long each took, in milliseconds. */
export async function timed(total: number, atOnce: number, task: (index: number) => Promise<unknown>) {
  const tookMs: number[] = [];
  let next = 0;
  const work = async () => {
    while (next < total) {
      const index = next;
      next += 1;
      const startedAt = performance.now();
      await task(index);
      tookMs.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return tookMs;
}
