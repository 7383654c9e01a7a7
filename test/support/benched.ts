import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Comparison } from "../../bench/support/comparison.ts";

const BENCH = fileURLToPath(new URL("../../bench/main.js", import.meta.url));
const run = promisify(execFile);

/** Runs a benchmark as people do. @returns what it has written. @throws what it exits with, if that is not 0. */
export async function bench<T>(...args: string[]): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "dateline-bench-"));
  const json = join(directory, "results.json");
  try {
    await run(process.execPath, [BENCH, ...args, "--json", json]);
    return JSON.parse(await readFile(json, "utf8")) as T;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs a scenario small. @returns whom it has measured. Each has a figure to compare, and none that is no number. */
export async function benched(...args: string[]): Promise<string[]> {
  const { comparisons } = await bench<{ comparisons: Comparison[] }>(...args, "--quick");
  for (const { columns, lines } of comparisons) {
    const [first = { key: "" }] = columns;
    for (const { name, runs } of lines) {
      assert.equal(runs[first.key]?.length, 1, `${name} ${first.key}`);
      assert.ok(Object.values(runs).flat().every(Number.isFinite), `${name} ${JSON.stringify(runs)}`);
    }
  }
  return [...new Set(comparisons.flatMap(({ lines }) => lines.map(({ name }) => name)))];
}
