import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NodeProcess } from "../support/node-process.ts";
import { RedisServer } from "../support/redis-server.ts";
import { ADMIN_KEY, TestService } from "../support/service.ts";
import { TestReader } from "../support/socket-reader.ts";

let redis: RedisServer;
let service: TestService;
before(async () => {
  redis = await RedisServer.start();
  service = await TestService.start({ redis: { url: redis.url, prefix: "nodes:", minReplicas: 0 } });
});
after(async () => {
  await service.close();
  await redis.stop();
});

/** The audience as it is told, once it is this. */
async function untilTold(reader: TestReader, watching: number): Promise<void> {
  while ((await reader.find("presence")).watching !== watching);
}

test("readers are counted over all nodes, and those of a node that died are forgotten", async (t) => {
  await service.createStory({ slug: "counted" });
  const node = await NodeProcess.start({ REDIS_URL: redis.url, REDIS_PREFIX: "nodes:", PUBLIC_URL: service.url });
  t.after(async () => void (await node.end("SIGKILL")));
  const here = await TestReader.connect(service.url);
  t.after(() => here.close());
  await here.join({ story: "counted", presence: true });
  await untilTold(here, 1);
  const there = await Promise.all([1, 2, 3].map(() => TestReader.connect(node.url)));
  await Promise.all(there.map((reader) => reader.join({ story: "counted" })));
  await untilTold(here, 4);
  await node.end("SIGKILL");
  await untilTold(here, 1);
  for (const reader of there) reader.close();
});

test("[F4] ten thousand joins of a followed story cost the store nothing", async () => {
  await service.createStory({ slug: "joined" });
  await service.publish("joined");
  const readers = await Promise.all(Array.from({ length: 20 }, () => TestReader.connect(service.url)));
  await readers[0]?.join({ story: "joined" });
  const before = await readsOf(service);
  await Promise.all(
    readers.map(async (reader) => {
      for (let joins = 0; joins < 500; joins += 1) assert.ok((await reader.join({ story: "joined" })).ok);
    }),
  );
  assert.deepEqual(await readsOf(service), before);
  for (const reader of readers) reader.close();
});

/** Of stories; records are what editors and the comparison of heads read, by the clock. */
async function readsOf({ url }: TestService): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.match(/^dateline_store_reads_total\{reason="(load|changes|page)"\} \d+$/gm) ?? [];
}

test("[S5] a repeat of an idempotency key on another node yields the first result", async (t) => {
  await service.createStory({ slug: "repeated" });
  const other = await TestService.start({ redis: { url: redis.url, prefix: "nodes:", minReplicas: 0 } });
  t.after(() => other.close());
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      (n % 2 ? other : service).call("POST", "/stories/repeated/entries", {
        body: { markdown: "Once." },
        key: ADMIN_KEY,
        headers: { "Idempotency-Key": "once" },
      }),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
  assert.equal(new Set(answers.map(({ body }) => body.entry.id)).size, 1);
  assert.equal(answers.filter(({ headers }) => headers.get("idempotent-replay") === null).length, 1);
  assert.equal((await other.snapshot("repeated")).total, 1);
});
