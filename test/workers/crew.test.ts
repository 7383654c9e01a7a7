import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { Snapshot } from "../../src/protocol/shapes.ts";
import { lives, STORY, TestCrew } from "../support/crew.ts";
import { eventually } from "../support/eventually.ts";
import type { Environment } from "../support/node-process.ts";
import { OwnReader } from "../support/own-reader.ts";
import { RedisServer } from "../support/redis-server.ts";
import { TestReader } from "../support/socket-reader.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";

const READERS = 12;

type Hooks = { after(cleanUp: () => Promise<void>): void };
type Settings = (hooks: Hooks) => Promise<Environment>;

const STORES: Record<string, Settings> = {
  "the embedded store": async (hooks) => ({ DATA_DIR: await temporaryDirectory(hooks) }),
  Redis: async (hooks) => {
    const redis = await RedisServer.start();
    hooks.after(() => redis.stop());
    return { REDIS_URL: redis.url };
  },
};

for (const [name, settings] of Object.entries(STORES)) {
  describe(`two workers on ${name}`, () => {
    const start = async (t: TestContext, env: Environment = {}): Promise<TestCrew> => {
      const crew = await TestCrew.start({ ...(await settings(t)), ...env });
      t.after(async () => void (await crew.node.end("SIGKILL")));
      return crew;
    };

    test("[R1] readers on both see every change once, whichever worker takes the publication", async (t) => {
      const crew = await start(t);
      const readers = await openReaders(t, crew);
      const spread = await eventually(
        () => crew.readers(),
        (counts) => sum(counts) === READERS,
      );
      assert.ok(Math.min(...spread) >= READERS / 4, `the workers take turns: ${spread}`);
      await publishMany(crew, 40);
      await assertWhole(crew, readers);
      for (const worker of [1, 2]) {
        assert.match(crew.node.log, new RegExp(`"worker":${worker},[^\\n]*"method":"POST"`), "both have published");
      }
    });

    test("[S5] under parallel repeats of an idempotency key on both there is one entry", async (t) => {
      const crew = await start(t);
      const repeats = Array.from({ length: 30 }, () =>
        crew.post(`/stories/${STORY}/entries`, { markdown: "once" }, { "Idempotency-Key": "key" }),
      );
      await Promise.all(repeats);
      assert.equal((await snapshot(crew)).total, 1);
    });

    test("what one worker has answered, the other takes for its own: positions, previews, keys", async (t) => {
      const crew = await start(t);
      const position = await crew.publish("one");
      await eventually(
        async () => (await snapshot(crew)).position,
        (shown) => shown === position,
      );
      const draft = { slug: "draft", headline: "Draft", timeZone: "America/Chicago" };
      await crew.post("/stories", draft);
      const preview = (await (await crew.post("/stories/draft/previews", {})).json()) as { url: string };
      const { pathname, search } = new URL(preview.url);
      for (let turn = 0; turn < 4; turn += 1) {
        const headers = { "If-None-Match": `"${position}"` };
        const { status } = await crew.fetch(`/api/v1/stories/${STORY}?limit=50`, { headers });
        assert.equal(status, 304);
        assert.equal((await crew.fetch(pathname + search)).status, 200);
      }
    });

    test("[R1] a worker that is killed is replaced, and its readers come back whole to those who live", async (t) => {
      const crew = await start(t);
      const readers = await openReaders(t, crew);
      await publishMany(crew, 10);
      const before = await crew.pidOf(2);
      process.kill(before, "SIGKILL");
      await publishMany(crew, 10);
      await eventually(
        () => crew.pidOf(2),
        (pid) => pid !== before,
      );
      await crew.isReady();
      await publishMany(crew, 10);
      await assertWhole(crew, readers);
      assert.equal(sum(await crew.readers()), READERS);
      assert.equal((await workersOf(crew)).observedValue, 2);
    });

    test("[R4] on SIGTERM readers of both are told when to leave, and the node exits with 0", async (t) => {
      const crew = await start(t);
      const readers = await Promise.all(Array.from({ length: 6 }, () => TestReader.connect(crew.url)));
      const pids = [await crew.pidOf(1), await crew.pidOf(2)];
      // A terminal's Ctrl-C comes to each of them as well.
      for (const pid of pids) process.kill(pid, "SIGINT");
      const ended = crew.node.end("SIGINT");
      for (const reader of readers) {
        const { reconnectAfterMs } = await reader.next("goodbye");
        assert.ok(reconnectAfterMs <= 2_000);
        reader.close();
      }
      assert.equal(await ended, 0);
      assert.deepEqual(pids.filter(lives), []);
    });
  });
}

async function openReaders(t: TestContext, crew: TestCrew): Promise<OwnReader[]> {
  const readers = Array.from({ length: READERS }, () => new OwnReader(crew.url, STORY, new Set()));
  t.after(() => {
    for (const reader of readers) reader.close();
  });
  const { position } = await snapshot(crew);
  await Promise.all(readers.map((reader) => reader.reaches(position)));
  return readers;
}

/** Some at once, on connections of their own. A worker that is killed takes what it was asked with it: asked again. */
async function publishMany(crew: TestCrew, count: number): Promise<void> {
  const publish = async (n: number): Promise<void> => {
    const headers = { "Idempotency-Key": `${count}-${n}-${Math.random()}` };
    const attempt = () => crew.post(`/stories/${STORY}/entries`, { markdown: `entry ${n}` }, headers);
    await attempt().catch(attempt);
  };
  for (let n = 0; n < count; n += 5) await Promise.all([n, n + 1, n + 2, n + 3, n + 4].map(publish));
}

async function assertWhole(crew: TestCrew, readers: OwnReader[]): Promise<void> {
  const { position, entries } = await newest(crew);
  await Promise.all(readers.map((reader) => reader.reaches(position)));
  assert.deepEqual(
    readers.flatMap(({ faults }) => faults),
    [],
  );
  for (const { timeline } of readers) assert.deepEqual(timeline?.entries, entries);
}

/** What both workers say. */
async function newest(crew: TestCrew): Promise<Snapshot> {
  const shown = await eventually(
    () => Promise.all([snapshot(crew), snapshot(crew), snapshot(crew), snapshot(crew)]),
    (all) => new Set(all.map(({ position }) => position)).size === 1,
  );
  assert.ok(shown[0]);
  return shown[0];
}

async function snapshot(crew: TestCrew): Promise<Snapshot> {
  return (await (await crew.fetch(`/api/v1/stories/${STORY}?limit=200`)).json()) as Snapshot;
}

async function workersOf(crew: TestCrew): Promise<{ observedValue: number; status: string }> {
  const { checks } = (await (await crew.fetch("/health")).json()) as {
    checks: Record<string, { observedValue: number; status: string }[]>;
  };
  const [workers] = checks["workers:ready"] ?? [];
  assert.ok(workers);
  return workers;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
