import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { ADMIN_KEY, TestService } from "./support/service.ts";

const run = promisify(execFile);
const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The shell blocks of the README that talk to a running service. */
const commands = [...README.matchAll(/```sh\n(.*?)```/gs)]
  .map(([, block = ""]) => block)
  .filter((block) => block.includes("curl"));

test("the README's curl commands work when pasted, and its addresses answer", async () => {
  const service = await TestService.start();
  assert.ok(commands.length > 0);
  for (const block of commands) {
    for (const command of block.trim().split("\n\n")) {
      const pasted = command.replaceAll("http://localhost:3000", service.url);
      const env = { ...process.env, ADMIN_KEY };
      const { stdout } = await run("bash", ["-c", `${pasted} --silent --fail`], { env });
      assert.ok("seq" in JSON.parse(stdout), stdout);
    }
  }
  const addresses = [...README.matchAll(/<http:\/\/localhost:3000(\/[^>]*)>|`(\/api\/v1[^`]*|\/health[^`]*)`/g)];
  assert.ok(addresses.length >= 5);
  for (const [, page, api] of addresses) {
    const answer = await fetch(`${service.url}${page ?? api}`);
    assert.equal(answer.status, 200, page ?? api);
    await answer.body?.cancel();
  }
  await service.close();
});
