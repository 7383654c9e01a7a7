import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `npm run demo` as a newcomer meets it: its page, its curl, its end; then the same again on the same data. */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PORT = "3987";
const GIVE_UP_MS = 120_000;

const dataDirectory = mkdtempSync(join(tmpdir(), "dateline-smoke-"));
const giveUp = setTimeout(() => process.exit(1), GIVE_UP_MS);
try {
  await playAndStop();
  await playAndStop();
  console.log("2 passed, 0 failed");
} finally {
  clearTimeout(giveUp);
  rmSync(dataDirectory, { recursive: true, force: true });
}

async function playAndStop(): Promise<void> {
  const env = { ...process.env, PORT, DATA_DIR: dataDirectory, DEMO_PACE: "0.02" };
  const demo = spawn("npm", ["run", "--silent", "demo"], { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
  const printed = await outputUntil(demo, /The service goes on running/);
  const address = /The page\s+(\S+)/.exec(printed)?.[1];
  assert.ok(address, "the demo prints the address of its page");
  const commands = printed.split("\n").filter((line) => line.startsWith("curl "));
  const [publish = "", reopen = ""] = commands;
  assert.equal(paste(publish).code, "story_ended", "the story has ended");
  assert.equal(paste(reopen).story?.status, "live");
  assert.equal(paste(publish).entry?.headline, "Hello from the terminal");
  await pageShows(address, "Hello from the terminal");
  demo.kill("SIGINT");
  const [code] = await once(demo, "exit");
  assert.equal(code, 0, "Ctrl-C ends the demo with exit code 0");
}

type Answer = { code?: string; story?: { status: string }; entry?: { headline: string } };

function paste(command: string): Answer {
  return JSON.parse(execFileSync("bash", ["-c", command], { encoding: "utf8" })) as Answer;
}

async function pageShows(address: string, text: string): Promise<void> {
  const page = await fetch(address);
  assert.equal(page.status, 200);
  assert.ok((await page.text()).includes(text), `the page shows "${text}"`);
}

/** Goes on reading afterwards: a closed pipe would end the demo. */
function outputUntil(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout?.on("data", (chunk) => {
      process.stdout.write(chunk);
      printed += String(chunk);
      if (pattern.test(printed)) resolve(printed);
    });
    child.once("exit", () => reject(new Error("The demo ended before its story did.")));
  });
}
