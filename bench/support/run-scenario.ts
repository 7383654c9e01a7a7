import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { findRedis } from "../../test/support/redis-server.ts";
import { type Comparison, medianOf, printComparison } from "./comparison.ts";
import type { Cores } from "./cores.ts";

const PACKAGES = ["socket.io", "@socket.io/redis-adapter", "ioredis", "ws"];
const RESULTS = "bench/results";

/** Prints what was measured, and keeps it. @throws when a subject has failed. */
export async function runScenario(
  name: string,
  options: { json?: string; [option: string]: unknown },
  cores: Cores,
  comparisons: AsyncIterable<Comparison>,
): Promise<void> {
  const machine = describeMachine(cores);
  printMachine(machine);
  const done: Comparison[] = [];
  for await (const comparison of comparisons) {
    printComparison(comparison);
    for (const failure of comparison.failures) console.log(`FAILED: ${failure}`);
    done.push(comparison);
  }
  const file = options.json ?? join(RESULTS, `${name}-${machine.at.replaceAll(/[:.]/g, "-")}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const document = {
    scenario: name,
    options,
    machine,
    loadAfterwards: loadavg()[0],
    comparisons: done.map(withMedians),
  };
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  console.log(`All rounds are in ${file}.`);
  const failed = done.flatMap(({ failures }) => failures).length;
  if (failed > 0) throw new Error(`${failed} ${failed === 1 ? "round" : "rounds"} failed.`);
}

function withMedians({ lines, ...comparison }: Comparison) {
  const medians = (line: Comparison["lines"][number]) =>
    Object.fromEntries(Object.keys(line.runs).map((key) => [key, medianOf(line, key)]));
  return { ...comparison, lines: lines.map((line) => ({ ...line, medians: medians(line) })) };
}

type Machine = ReturnType<typeof describeMachine>;

function describeMachine(cores: Cores) {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string) => {
    const manifest = join(dirname(require.resolve(name)), "..", "package.json");
    return [name, versionIn(manifest) ?? versionIn(join(dirname(require.resolve(name)), "package.json")) ?? "?"];
  };
  const redis = /v=(\S+)/.exec(execFileSync(findRedis(), ["--version"], { encoding: "utf8" }))?.[1] ?? "?";
  return {
    ...{ cpu: cpus()[0]?.model ?? "?", cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) },
    versions: Object.fromEntries([
      ...[
        ["node", process.versions.node],
        ["redis", redis],
        ["nginx", nginxVersion()],
      ],
      ...PACKAGES.map(versionOf),
    ]),
    ...{ pinning: cores.note, load: loadavg()[0] ?? 0, at: new Date().toISOString() },
  };
}

function nginxVersion(): string {
  const { stderr } = spawnSync("nginx", ["-v"], { encoding: "utf8" });
  return /nginx\/(\S+)/.exec(stderr ?? "")?.[1] ?? "none";
}

function versionIn(manifest: string): string | null {
  try {
    return JSON.parse(readFileSync(manifest, "utf8")).version ?? null;
  } catch {
    return null;
  }
}

function printMachine({ cpu, cores, memoryGiB, versions, pinning, load, at }: Machine): void {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  console.log(`${cpu}, ${cores} cores, ${memoryGiB} GiB; ${names.join(", ")}; loopback; ${at}`);
  console.log(`Pinning: ${pinning}. Load of the machine before: ${load.toFixed(2)}.`);
  console.log("Each figure: the median of its rounds, with the least and the greatest of them.");
}
