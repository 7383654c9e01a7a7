import assert from "node:assert/strict";
import { test } from "node:test";
import type { Section } from "../../bench/support/report.ts";
import { bench, benched } from "../support/benched.ts";

test("publish measures both stores", async () => {
  assert.deepEqual(await benched("publish"), ["dateline-embedded", "dateline-redis"]);
});

test("pages measures a node and nginx", async () => {
  assert.deepEqual(await benched("pages"), ["dateline", "nginx"]);
});

test("scaling measures readers and pages of a node", async () => {
  const { sections } = await bench<{ sections: Section[] }>("scaling", "--quick", "--only", "readers,pages");
  const runs = sections.flatMap(({ rows }) => rows.map((row) => row.runs));
  assert.ok(runs.length >= 10 && runs.flat().every(Number.isFinite), JSON.stringify(sections));
});

test("wrong usage is exit code 2, and says what there is", async () => {
  for (const args of [["nothing"], ["fanout", "--readers", "many"], ["fanout", "--subjects", "polling"]]) {
    await assert.rejects(bench(...args), { code: 2 }, args.join(" "));
  }
});
