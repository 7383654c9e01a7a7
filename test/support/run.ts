import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { findChromium } from "./chromium.ts";
import { findHaproxy } from "./haproxy-process.ts";
import { findRedis } from "./redis-server.ts";

/**
 * `npm test`: lint, then every test there is, or those whose path contains one of the arguments. Types were checked by
 * the build. What cannot run fails; nothing is skipped.
 */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const COMPILED_TESTS = join(ROOT, "dist/test");
/** A test that is still waiting by then waits for something that will not come. */
const TEST_TIMEOUT_MS = 240_000;

const wanted = process.argv.slice(2);
const files = readdirSync(COMPILED_TESTS, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.js") && (wanted.length === 0 || wanted.some((part) => file.includes(part))))
  .map((file) => join(COMPILED_TESTS, file))
  .sort();

process.exitCode = lint() && (await runTests()) ? 0 : 1;

function lint(): boolean {
  if (wanted.length > 0) return true;
  return spawnSync("npm", ["run", "--silent", "lint"], { cwd: ROOT, stdio: "inherit" }).status === 0;
}

async function runTests(): Promise<boolean> {
  // Before the first test: two of them would not get into each other's installation.
  findChromium();
  findRedis();
  findHaproxy();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const events = run({ files, concurrency: 2, timeout: TEST_TIMEOUT_MS });
  events.on("test:pass", ({ skip, todo }) => {
    if (skip !== undefined || todo !== undefined) counts.skipped += 1;
    else counts.passed += 1;
  });
  events.on("test:fail", () => {
    counts.failed += 1;
  });
  for await (const chunk of events.compose(new spec())) process.stdout.write(chunk as Buffer);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.passed > 0 && counts.failed === 0 && counts.skipped === 0;
}
