import { writeFileSync } from "node:fs";
import { figure } from "./comparison.ts";
import { median } from "./statistics.ts";

/** What was measured, once or several times. */
export type Row = { what: string; unit: string; runs: number[] };
export type Section = { title: string; rows: Row[] };
export type Machine = { cpu: string; cores: number; memoryGiB: number; node: string; redis: string; at: string };

export function row(what: string, unit: string, ...runs: number[]): Row {
  return { what, unit, runs };
}

export function printMachine({ cpu, cores, memoryGiB, node, redis, at }: Machine): void {
  console.log(`${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}, Redis ${redis}, loopback, ${at}`);
  console.log("Each figure: the median of its runs, with the least and the greatest of them.");
}

export function printSection({ title, rows }: Section): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  console.log(`\n${title}`);
  for (const { what, unit, runs } of rows) {
    const spread = runs.length > 1 ? `  (${figure(Math.min(...runs))} to ${figure(Math.max(...runs))})` : "";
    console.log(`  ${what.padEnd(width)}  ${figure(median(runs)).padStart(8)} ${unit}${spread}`);
  }
}

export function writeJson(file: string, machine: Machine, sections: readonly Section[]): void {
  const withMedians = sections.map(({ title, rows }) => ({
    title,
    rows: rows.map((entry) => ({ ...entry, median: median(entry.runs) })),
  }));
  writeFileSync(file, `${JSON.stringify({ machine, sections: withMedians }, null, 2)}\n`);
}
