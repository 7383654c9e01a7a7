import { tableOf } from "../../src/cli/table.ts";
import { median } from "./statistics.ts";

export type Column = { key: string; title: string };
/** What one subject has shown: a figure for each round and column. */
export type Line = { name: string; title: string; runs: Record<string, number[]> };
/** Subjects side by side. The first column is what they are compared by. */
export type Comparison = {
  title: string;
  columns: readonly Column[];
  lines: Line[];
  /** Whom the others are compared with; by default the one that everybody knows. */
  baseline?: string;
  /** What went wrong, in words; a bench with failures has failed. */
  failures: string[];
};

const BASELINE = "socket.io-redis";

export function printComparison({ title, columns, lines, baseline: name = BASELINE }: Comparison): void {
  const baseline = lines.find((line) => line.name === name) ?? lines[0];
  const [first] = columns;
  if (!baseline || !first) return;
  const own = medianOf(baseline, first.key);
  const [firstTitle = "", ...titles] = columns.map((column) => column.title);
  const rows = lines.map((line) => {
    const [firstCell = "", ...cells] = columns.map(({ key }) => cellOf(line.runs[key] ?? []));
    return [line.title, firstCell, figure(medianOf(line, first.key) / own), ...cells];
  });
  const header = ["", firstTitle, `× ${baseline.title}`, ...titles];
  console.log(`\n${title}\n${tableOf([header, ...rows])}`);
}

export function medianOf({ runs }: Line, key: string): number {
  return median(runs[key] ?? []);
}

/** The median of the rounds, with the least and the greatest. */
function cellOf(runs: readonly number[]): string {
  if (runs.length === 0) return "–";
  const spread = runs.length > 1 ? ` (${figure(Math.min(...runs))}–${figure(Math.max(...runs))})` : "";
  return figure(median(runs)) + spread;
}

/** Three digits say all that such a machine can tell. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (value === 0 || Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return Number(value.toPrecision(3)).toString();
}
