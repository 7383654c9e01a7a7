import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { boundToParent, endWithTests } from "../support/children.ts";
import { lives, STORY, TestCrew } from "../support/crew.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { MetricsText } from "../support/metrics.ts";
import type { Environment } from "../support/node-process.ts";
import { TestReader } from "../support/socket-reader.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";

const MAIN = fileURLToPath(new URL("../../src/main.js", import.meta.url));

async function start(t: TestContext, env: Environment = {}): Promise<TestCrew> {
  const crew = await TestCrew.start({ DATA_DIR: await temporaryDirectory(t), ...env });
  t.after(async () => void (await crew.node.end("SIGKILL")));
  return crew;
}

async function pidsOf(crew: TestCrew): Promise<number[]> {
  return [await crew.pidOf(1), await crew.pidOf(2)];
}

async function allEnd(pids: number[]): Promise<void> {
  await eventually(
    async () => pids.filter(lives),
    (living) => living.length === 0,
  );
}

test("a primary that is killed takes its workers with it, and leaves the port and the store free", async (t) => {
  const crew = await start(t);
  const position = await crew.publish("kept");
  const pids = await pidsOf(crew);
  await crew.node.end("SIGKILL");
  await allEnd(pids);
  await crew.node.restart();
  await crew.isReady();
  const story = (await (await crew.fetch(`/api/v1/stories/${STORY}`)).json()) as { position: string };
  assert.equal(story.position, position);
});

test("a second SIGTERM ends a draining node at once, with all its workers", async (t) => {
  const crew = await start(t, { DRAIN_SECONDS: "3600" });
  const reader = await TestReader.connect(crew.url);
  t.after(async () => reader.close());
  const pids = await pidsOf(crew);
  const ended = crew.node.end("SIGTERM");
  await reader.next("goodbye");
  // Two signals in one second are taken for one wish: a terminal and npm both pass Ctrl-C on.
  await pause(1_100);
  crew.node.signal("SIGTERM");
  assert.equal(await ended, 1);
  await allEnd(pids);
});

test("workers that die as soon as they start, again and again, are given up when none is left", async (t) => {
  const crew = await start(t);
  // Whoever is started is killed before it takes readers, or soon after.
  const before = await pidsOf(crew);
  const killer = setInterval(() => {
    for (const [, pid] of crew.node.log.matchAll(/"workerPid":(\d+),"msg":"worker started"/g)) kill(Number(pid));
  }, 20);
  t.after(async () => clearInterval(killer));
  for (const pid of before) kill(pid);
  assert.equal(await crew.node.exit, 1);
  assert.match(crew.node.log, /workers die as soon as they are started, and none is left/);
});

test("MAX_CONNECTIONS is of all workers together", async (t) => {
  const crew = await start(t, { MAX_CONNECTIONS: "4" });
  const readers: TestReader[] = [];
  for (let n = 0; n < 4; n += 1) readers.push(await TestReader.connect(crew.url));
  t.after(async () => {
    for (const reader of readers) reader.close();
  });
  assert.deepEqual(
    await eventually(
      () => crew.readers(),
      (counts) => counts.reduce((a, b) => a + b) === 4,
    ),
    [2, 2],
  );
  for (let n = 0; n < 4; n += 1) assert.equal(await refusalOf(crew.url), "store_unavailable");
  readers.pop()?.close();
  await eventually(
    () => crew.readers(),
    (counts) => counts.reduce((a, b) => a + b) === 3,
  );
  readers.push(await TestReader.connect(crew.url));
});

test("an address may have as many connections as it may have, on whichever worker they are", async (t) => {
  const crew = await start(t, { MAX_CONNECTIONS_PER_IP: "3" });
  const readers = await Promise.all(Array.from({ length: 3 }, () => TestReader.connect(crew.url)));
  for (const reader of readers) reader.close();
});

test("metrics are the node's: summed, and counted on when a worker has died", async (t) => {
  const crew = await start(t);
  for (let n = 0; n < 10; n += 1) await crew.publish(String(n));
  const before = await MetricsText.read(crew.url);
  assert.equal(before.value('dateline_changes_total{kind="entry"}'), 10);
  assert.equal(before.value("dateline_commit_seconds_count"), before.value("dateline_commits_total"));
  assert.equal(before.value("dateline_workers"), 2);
  assert.equal(before.value("dateline_ready"), 1);
  assert.equal(before.value("dateline_build_info"), 1);
  process.kill(await crew.pidOf(1), "SIGKILL");
  await eventually(
    () => MetricsText.read(crew.url),
    (metrics) => metrics.value("dateline_workers") === 1,
  );
  const one = await MetricsText.read(crew.url);
  assert.equal(one.value('dateline_changes_total{kind="entry"}'), 10);
  assert.equal(one.value("dateline_ready"), 0);
  await crew.isReady();
  await crew.publish("one more");
  const after = await MetricsText.read(crew.url);
  assert.equal(after.value('dateline_changes_total{kind="entry"}'), 11);
  assert.ok(after.value("process_cpu_seconds_total") >= before.value("process_cpu_seconds_total"));
});

test("polling, whose requests could reach any worker, is refused with what to do instead", async (t) => {
  const crew = await start(t);
  const answer = await crew.fetch("/socket.io/?EIO=4&transport=polling");
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /WebSockets only.*transports/);
});

test("the address and the admin key are said once, and not again when a worker is replaced", async (t) => {
  const { child, output } = run({ DATA_DIR: await temporaryDirectory(t), PORT: String(await freePort()) });
  t.after(async () => void child.kill("SIGKILL"));
  await eventually(
    async () => output(),
    (text) => text.includes("Admin key") && text.includes('"worker":2'),
  );
  const [, pid] = /"worker":2,"workerPid":(\d+)/.exec(output()) ?? [];
  kill(Number(pid));
  await eventually(
    async () => output(),
    (text) => text.split('"worker":2,').length > 3,
  );
  assert.equal(output().split("is listening on").length, 2);
  assert.equal(output().split("Admin key").length, 2);
});

test("what prevents a start is said once, and the exit code is 1", async (t) => {
  const crew = await start(t);
  const others: [Environment, RegExp][] = [
    [{ DATA_DIR: await temporaryDirectory(t), PORT: String(crew.node.port) }, /port \d+ is in use/],
    [{ REDIS_URL: `redis://127.0.0.1:${await freePort()}`, PORT: String(await freePort()) }, /Redis/],
  ];
  for (const [env, reason] of others) {
    const { child, output } = run(env);
    const [code] = await once(child, "exit");
    assert.equal(code, 1);
    assert.match(output(), reason);
    assert.equal(output().split("Dateline cannot start").length, 2, output());
  }
});

/** Two workers, with no key given. */
function run(env: Environment) {
  const { PATH = "", HOME = "" } = process.env;
  const [program, ...args] = boundToParent([process.execPath, MAIN]);
  const settings = { PATH, HOME, HOST: "127.0.0.1", WORKERS: "2", ...env };
  const child = spawn(program, args, { env: settings, stdio: ["ignore", "pipe", "pipe"] });
  endWithTests(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += String(chunk);
    });
  }
  return { child, output: () => text };
}

async function refusalOf(url: string): Promise<string> {
  const reader = new TestReader(url);
  const [error] = (await once(reader.socket as unknown as NodeJS.EventEmitter, "connect_error")) as [
    Error & { data: { code: string } },
  ];
  reader.close();
  return error.data.code;
}

function kill(pid: number): void {
  if (lives(pid)) process.kill(pid, "SIGKILL");
}
