import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openRedisStores } from "../../src/store/redis/open.ts";
import { RedisServer } from "../support/redis-server.ts";
import { newStory } from "../support/store-desk.ts";

const SECRET = "withdrawn-words";

/** All that Redis holds of a story, as text. */
async function everythingIn(redis: RedisServer): Promise<string> {
  const keys = (await redis.command("KEYS", "*")).split("\n");
  const read: Record<string, string[]> = { hash: ["HGETALL"], string: ["GET"], list: ["LRANGE", "0", "-1"] };
  const values = keys.map(async (key) => {
    const [command = "ZRANGE", ...range] = read[await redis.command("TYPE", key)] ?? ["ZRANGE", "0", "-1"];
    return redis.command(command, key, ...range);
  });
  return (await Promise.all(values)).join("\n");
}

function filesWith(directory: string, words: string): string[] {
  const { stdout } = spawnSync("grep", ["--recursive", "--text", "--files-with-matches", words, directory]);
  return String(stdout).split("\n").filter(Boolean);
}

test("[S6] what is retracted leaves the data of Redis at once, and its append-only file with the rewrite asked for", async (t) => {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const stores = await openRedisStores({ url: redis.url });
  const desk = await newStory(stores, "a");
  const { id } = await desk.publish(`${SECRET} 1`, { headline: SECRET });
  await desk.revise(id, `${SECRET} 2`);
  const kept = await desk.publish("kept");
  assert.ok((await everythingIn(redis)).split(SECRET).length > 4, "this search finds what is there");
  assert.ok(filesWith(redis.directory, SECRET).length > 0);

  await desk.retract(id);

  assert.equal((await everythingIn(redis)).includes(SECRET), false);
  while (filesWith(redis.directory, SECRET).length > 0) await pause(20);
  assert.ok(filesWith(redis.directory, "kept").length > 0);

  assert.equal(await redis.command("EXISTS", "dateline:{.erasures}:owed"), "0");
  await desk.retract(kept.id);
  while ((await redis.command("EXISTS", "dateline:{.erasures}:owed")) === "0") await pause(20);
  assert.equal(stores.erasuresPending(), true, "no second rewrite within ten minutes; it is told that one is owed");
  await stores.close();
});
