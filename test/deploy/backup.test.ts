import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { eventually } from "../support/eventually.ts";
import { RedisServer } from "../support/redis-server.ts";
import { TestService } from "../support/service.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";

const run = promisify(execFile);
const HANDBOOK = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");
const [, section = ""] = HANDBOOK.split("\n## Backups\n");
const [backup = "", restore = ""] = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
const COMPOSE = "docker compose -f deploy/compose.yaml";

test("a backup that is made and brought back as the handbook says holds what there was, and nodes notice", async (t) => {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const service = await TestService.start({ redis: { url: redis.url, prefix: "dateline:", minReplicas: 0 } });
  t.after(() => service.close());
  const cwd = await temporaryDirectory(t);
  // What containers are for there, this machine is here.
  const shell = async (commands: string) => {
    const here = commands
      .replaceAll(`${COMPOSE} exec redis redis-cli`, `redis-cli -p ${redis.port}`)
      .replaceAll(`${COMPOSE} exec redis rm`, "rm")
      .replaceAll(`${COMPOSE} cp redis:`, "cp ")
      .replaceAll(`${COMPOSE} run --rm -T --no-deps redis sh`, "sh")
      .replaceAll("/data/", `${redis.directory}/`);
    await run("bash", ["-ec", here], { cwd });
  };
  await service.createStory();
  await service.publish("story", { markdown: "In the backup." });
  await shell(backup);
  await service.publish("story", { markdown: "Lost." });
  const { position } = await service.snapshot("story");

  const [stop, ...steps] = restore.trim().split("\n");
  assert.deepEqual([stop, steps.pop()], [`${COMPOSE} stop redis`, `${COMPOSE} start redis`]);
  await redis.kill();
  await shell(steps.join("\n"));
  await redis.restart();
  const restored = await eventually(
    () => service.snapshot("story"),
    ({ entries }) => entries.length === 1,
  );
  assert.match(JSON.stringify(restored.entries), /In the backup/);
  assert.notEqual(restored.position.split(".")[0], position.split(".")[0]);
  await service.publish("story", { markdown: "After it." });
  assert.equal((await service.snapshot("story")).entries.length, 2);
});
