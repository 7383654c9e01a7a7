import assert from "node:assert/strict";
import { test } from "node:test";
import { DeafProxy } from "../support/deaf-proxy.ts";
import { RedisServer } from "../support/redis-server.ts";
import { ask } from "./support/ask.ts";
import { Newsroom } from "./support/newsroom.ts";
import { WireReader } from "./support/wire-reader.ts";

const READERS = 6;

test("[R1] [S7] readers who come to a deaf node one after the other, each with more than it knows, are all resumed", async (t) => {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const proxy = await DeafProxy.start(redis.port);
  t.after(() => proxy.close());
  const newsroom = await Newsroom.open(t, { environment: { REDIS_URL: `redis://127.0.0.1:${proxy.port}` }, nodes: 1 });
  await newsroom.editor.stop();
  const [deaf] = newsroom.nodes;
  proxy.deafen();
  const hearing = await newsroom.addNode();
  assert.ok(deaf);
  const readers = Array.from({ length: READERS }, () => {
    const whereabouts = { url: hearing.url };
    return { whereabouts, reader: new WireReader("election", newsroom.random, () => [whereabouts.url]) };
  });
  t.after(() => Promise.all(readers.map(({ reader }) => reader.close())));
  await Promise.all(readers.map(({ reader }) => reader.joins()));

  for (const { whereabouts, reader } of readers) {
    const { body } = await ask(hearing, "POST", "/entries", { body: { markdown: "change-1000 ." } });
    await reader.reaches(body.position ?? "");
    whereabouts.url = deaf.url;
    await reader.moves();
  }
  assert.deepEqual(
    readers.map(({ reader: { startedAgain, faults } }) => ({ startedAgain, faults })),
    readers.map(() => ({ startedAgain: 0, faults: [] })),
  );
});
