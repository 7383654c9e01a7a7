import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openSqliteStores } from "../../src/store/sqlite/open.ts";
import { seededRandom, seedOfRun } from "../support/seeded-random.ts";
import { inFile, temporaryDirectory } from "../support/store-sqlite.ts";
import { type Acknowledgement, STORM_SLUG } from "../support/store-storm.ts";

const STORM = fileURLToPath(new URL("../support/store-storm.js", import.meta.url));
const ROUNDS = 5;
const MOST_ACKNOWLEDGEMENTS = 400;

test("[S3] what was acknowledged survives kill -9, with no hole in the clock and nothing half-done", async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const random = seededRandom(seed);
  const file = join(await temporaryDirectory(t), "dateline.db");
  const acknowledged: Acknowledgement[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const enough = 1 + Math.floor(random() * MOST_ACKNOWLEDGEMENTS);
    const inFlight = 1 + Math.floor(random() * 16);
    acknowledged.push(...(await publishUntilKilled(file, inFlight, enough)));
    await checkEverything(file, acknowledged, `seed ${seed}, round ${round}`);
  }
});

async function publishUntilKilled(file: string, inFlight: number, enough: number): Promise<Acknowledgement[]> {
  const child = spawn(process.execPath, [STORM, file, String(inFlight)], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const acknowledged: Acknowledgement[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(JSON.parse(line) as Acknowledgement);
    if (acknowledged.length === enough) child.kill("SIGKILL");
  }
  const [, signal] = await closed;
  assert.equal(signal, "SIGKILL");
  return acknowledged;
}

async function checkEverything(file: string, acknowledged: Acknowledgement[], message: string): Promise<void> {
  const stores = await openSqliteStores({ file, exclusive: true });
  const loaded = await stores.timelines.load(STORM_SLUG, 1_000_000);
  assert.ok(loaded && loaded !== "removed", message);
  const { entries, story, head } = loaded;
  const seqs = [story.seq, ...entries.map(({ seq }) => seq)].sort((a, b) => a - b);
  assert.deepEqual(
    seqs,
    Array.from({ length: head.seq }, (_, n) => n + 1),
    message,
  );
  const seqById = new Map(entries.map(({ id, seq }) => [id, seq]));
  for (const { seq, ids } of acknowledged) {
    const expected = ids.map((_, n) => seq - ids.length + 1 + n);
    assert.deepEqual(
      ids.map((id) => seqById.get(id)),
      expected,
      message,
    );
  }
  for (const { html } of entries) {
    const [, other = "none"] = /with (\S+)<\/p>/.exec(html) ?? [];
    assert.ok(other === "none" || seqById.has(other), message);
  }
  await stores.close();
  inFile(file, (db) => assert.deepEqual(db.pragma("integrity_check"), [{ integrity_check: "ok" }], message));
}
