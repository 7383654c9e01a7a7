import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/**
 * Runs the fake demo until it and everything that it started are gone: the service inherits its stderr, so "close"
 * comes only when both have ended.
 */
async function runDemo(
  argument: string,
  env: NodeJS.ProcessEnv,
  onOutput: (output: string, demo: ChildProcess) => void,
) {
  const script = fileURLToPath(new URL("./fake-demo.js", import.meta.url));
  const demo = spawn(process.execPath, [script, argument], { env: { ...process.env, ...env } });
  let output = "";
  let errors = "";
  demo.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    onOutput(output, demo);
  });
  demo.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const [code] = await once(demo, "close");
  return { code, output, errors };
}

const ignore = () => {};

test("the address is read from the service's line, and all its lines are passed on", async () => {
  const { output } = await runDemo("stop twice", {}, ignore);
  assert.equal(
    output,
    "service: a line before\n" +
      "service: Dateline is listening on http://localhost:3000/\n" +
      "address: http://localhost:3000\n",
  );
});

test("only the first signal is passed on, and the service's exit code is the demo's", async () => {
  const { code, errors } = await runDemo("stop twice", {}, ignore);
  assert.equal(errors, "got SIGINT\n");
  assert.equal(code, 0);
});

test("a service that ends before it listens has no address, only its own message and exit code", async () => {
  const { code, output, errors } = await runDemo("", { BUSY_PORT: "yes" }, ignore);
  assert.equal(output, "service: Port 3000 is in use.\naddress: null\n");
  assert.equal(errors, "");
  assert.equal(code, 1);
});

test("a demo that is killed takes the service with it", async () => {
  const { code, errors } = await runDemo("", {}, (output, demo) => {
    if (output.includes("address:")) demo.kill("SIGKILL");
  });
  assert.equal(code, null);
  assert.equal(errors, "got SIGTERM\n");
});

test("a demo that fails takes the service with it", async () => {
  const { code, errors } = await runDemo("throw", {}, ignore);
  assert.equal(code, 1);
  assert.match(errors, /a fault in the demo/);
});
