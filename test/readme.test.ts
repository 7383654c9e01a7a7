import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ADMIN_KEY, TestService } from "./support/service.ts";

const run = promisify(execFile);
const COMMAND_LINE = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

const blocks = [...README.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
/** Those that talk to a running service. */
const commands = blocks.filter((block) => block.includes("curl"));

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

test("the README's commands make a key that works", async () => {
  const service = await TestService.start();
  await service.createStory({ slug: "election-night" });
  const [block = ""] = blocks.filter((text) => text.includes("dateline keys"));
  const pasted = block.replaceAll("npx dateline", `node ${COMMAND_LINE}`);
  const env = { ...process.env, DATA_DIR: service.dataDirectory };
  const { stdout } = await run("bash", ["-ec", pasted], { env });
  const [key = "", heading = "", row = ""] = stdout.split("\n");
  assert.match(heading, /^ID +NAME +ROLE/);
  assert.match(row, /Night desk +editor +election-night/);
  const { status } = await service.call("POST", "/stories/election-night/entries", { body: { markdown: "x" }, key });
  assert.equal(status, 201);
  await service.close();
});

test("the README's commands move a story from one store to another", async () => {
  const service = await TestService.start();
  const { slug } = await service.createStory({ slug: "election-night" });
  const other = `${service.dataDirectory}/other`;
  const moving = blocks.filter((block) => block.includes("dateline stories"));
  assert.equal(moving.length, 1);
  const pasted = moving.join().replaceAll("npx dateline", `node ${COMMAND_LINE}`).replaceAll("/srv/other", other);
  const env = { ...process.env, DATA_DIR: service.dataDirectory };
  await run("bash", ["-ec", pasted], { env, cwd: service.dataDirectory });
  const moved = await TestService.start({ dataDirectory: other });
  assert.equal((await moved.snapshot(slug)).story.headline, "A story");
  await moved.close();
  await service.close();
});
