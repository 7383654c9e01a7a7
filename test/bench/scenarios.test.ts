import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Comparison } from "../../bench/support/comparison.ts";
import type { Section } from "../../bench/support/report.ts";

const BENCH = fileURLToPath(new URL("../../bench/main.js", import.meta.url));
const run = promisify(execFile);

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dateline-bench-"));
});
after(() => rm(directory, { recursive: true, force: true }));

/** @returns whom it has measured. Each has a figure in the first column, and none that is no number. */
async function benched(...args: string[]): Promise<string[]> {
  const json = join(directory, "results.json");
  await run(process.execPath, [BENCH, ...args, "--quick", "--json", json]);
  const { comparisons } = JSON.parse(await readFile(json, "utf8")) as { comparisons: Comparison[] };
  for (const { columns, lines } of comparisons) {
    const [first = { key: "" }] = columns;
    for (const { name, runs } of lines) {
      assert.equal(runs[first.key]?.length, 1, `${name} ${first.key}`);
      assert.ok(
        Object.values(runs).every(([value]) => Number.isFinite(value)),
        `${name} ${JSON.stringify(runs)}`,
      );
    }
  }
  return [...new Set(comparisons.flatMap(({ lines }) => lines.map(({ name }) => name)))];
}

const FEW = ["--subjects", "dateline-embedded,ws"];

test("fanout measures ours on both stores and every peer, and all readers get everything", async () => {
  const subjects = ["dateline-embedded", "dateline-redis", "socket.io-redis", "socket.io", "ws", "sse", "net"];
  assert.deepEqual(await benched("fanout", "--subjects", subjects.join(",")), subjects);
});

test("fanout measures readers that offer deflate", async () => {
  assert.deepEqual(await benched("fanout", "--deflate", ...FEW), ["dateline-embedded", "ws"]);
});

test("burst, many and idle measure ours and peers", async () => {
  for (const name of ["burst", "many", "idle"]) {
    assert.deepEqual(await benched(name, ...FEW), ["dateline-embedded", "ws"], name);
  }
});

test("storm measures a warm node, a cold one and a bare connect", async () => {
  assert.deepEqual(await benched("storm"), ["dateline-redis-warm", "dateline-redis-cold", "socket.io"]);
});

test("publish measures both stores", async () => {
  assert.deepEqual(await benched("publish"), ["dateline-embedded", "dateline-redis"]);
});

test("pages measures a node and nginx", async () => {
  assert.deepEqual(await benched("pages"), ["dateline", "nginx"]);
});

test("scaling measures readers and pages of a node", async () => {
  const json = join(directory, "scaling.json");
  await run(process.execPath, [BENCH, "scaling", "--quick", "--only", "readers,pages", "--json", json]);
  const { sections } = JSON.parse(await readFile(json, "utf8")) as { sections: Section[] };
  const runs = sections.flatMap(({ rows }) => rows.map((row) => row.runs));
  assert.ok(runs.length >= 10 && runs.flat().every(Number.isFinite), JSON.stringify(sections));
});

test("wrong usage is exit code 2, and says what there is", async () => {
  for (const args of [["nothing"], ["fanout", "--readers", "many"], ["fanout", "--subjects", "polling"]]) {
    await assert.rejects(run(process.execPath, [BENCH, ...args]), { code: 2 }, args.join(" "));
  }
});
