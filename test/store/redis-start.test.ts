import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openRedisStores } from "../../src/store/redis/open.ts";
import { CannotUseRedis } from "../../src/store/redis/reach.ts";
import { freePort } from "../support/free-port.ts";
import { Hearing } from "../support/hearing.ts";
import { RedisCluster } from "../support/redis-cluster.ts";
import { type RedisOptions, RedisServer } from "../support/redis-server.ts";
import { newStory } from "../support/store-desk.ts";

async function start(t: TestContext, options: RedisOptions = {}): Promise<RedisServer> {
  const server = await RedisServer.start(options);
  t.after(() => server.stop());
  return server;
}

function refusal(says: RegExp) {
  return (error: Error) => error instanceof CannotUseRedis && says.test(error.message);
}

test("[S3] a Redis that may evict what it was given is refused", async (t) => {
  const server = await start(t);
  await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  await assert.rejects(openRedisStores({ url: server.url }), refusal(/allkeys-lru.*noeviction/));
});

test("[S3] a Redis that would lose acknowledged writes is used, and the operator is told", async (t) => {
  const server = await start(t);
  const warnings: string[] = [];
  const look = async () => {
    warnings.length = 0;
    await (await openRedisStores({ url: server.url, onWarning: (warning) => warnings.push(warning) })).close();
    return warnings.map((warning) => warning.split(":")[0]);
  };
  assert.deepEqual(await look(), ["Redis has no append-only file"]);
  await server.command("CONFIG", "SET", "appendonly", "yes");
  assert.deepEqual(await look(), ["Redis syncs its append-only file everysec"]);
  await server.command("CONFIG", "SET", "appendfsync", "always");
  assert.deepEqual(await look(), []);
});

test("[S8] what a newer version has written is refused", async (t) => {
  const server = await start(t);
  const stores = await openRedisStores({ url: server.url, prefix: "p:" });
  await stores.close();
  await server.command("SET", "p:{.schema}:version", "2");
  await assert.rejects(openRedisStores({ url: server.url, prefix: "p:" }), refusal(/newer version/));
});

test("a wrong password is told at once, and not shown", async (t) => {
  const server = await start(t);
  await server.command("CONFIG", "SET", "requirepass", "right");
  const wrong = server.url.replace("redis://", "redis://:hunter2@");
  await assert.rejects(openRedisStores({ url: wrong }), (error: Error) => {
    return refusal(/user or password/)(error) && !error.message.includes("hunter2");
  });
  const stores = await openRedisStores({ url: server.url.replace("redis://", "redis://:right@") });
  await stores.close();
});

test("a Redis that is not there is named", async () => {
  const port = await freePort();
  await assert.rejects(openRedisStores({ url: `redis://127.0.0.1:${port}` }), refusal(new RegExp(`127.0.0.1:${port}`)));
});

test("one node of a cluster leads to the others", async (t) => {
  const cluster = await RedisCluster.start();
  t.after(() => cluster.stop());
  const stores = await openRedisStores({ url: cluster.nodes[0]?.url ?? "" });
  t.after(() => stores.close());
  for (const slug of ["a", "b", "c", "d", "e", "f"]) await newStory(stores, slug);
  await stores.announcements.probe();
});

test("a database that cannot be selected is refused, and never taken for another one", async (t) => {
  const server = await start(t);
  await assert.rejects(openRedisStores({ url: `${server.url}/99` }), refusal(/database 99/));
  assert.equal(await server.command("DBSIZE"), "0");
});

test("services in two databases with one prefix hear nothing of each other", async (t) => {
  const server = await start(t);
  const open = async (url: string) => {
    const stores = await openRedisStores({ url });
    t.after(() => stores.close());
    return stores;
  };
  const [here, there] = [await open(server.url), await open(`${server.url}/1`)];
  const hearing = new Hearing();
  await here.announcements.subscribe("a", hearing);
  await newStory(there, "a");
  await newStory(here, "a");
  await hearing.until(({ length }) => length > 0);
  await here.announcements.probe();
  assert.equal(hearing.heard.length, 1);
});

test("a Redis without memory does not keep a node from starting again", async (t) => {
  const server = await start(t);
  const first = await openRedisStores({ url: server.url });
  const secret = await first.keys.signingSecret();
  await first.close();
  await server.command("CONFIG", "SET", "maxmemory", "1");
  const again = await openRedisStores({ url: server.url });
  assert.equal(await again.keys.signingSecret(), secret);
  await again.announcements.probe();
  await again.close();
});
