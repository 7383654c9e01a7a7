import assert from "node:assert/strict";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { RedisServer } from "../support/redis-server.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";
import { Newsroom } from "./support/newsroom.ts";

type Scene = { redis: RedisServer; newsroom: Newsroom; goBack: () => Promise<void>; epoch: string };

/** A newsroom with a backup of some changes ago. `goBack` is what an operator does: stop, bring the copy back, start. */
async function open(t: TestContext): Promise<Scene> {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const newsroom = await Newsroom.open(t, { environment: { REDIS_URL: redis.url }, losesHistory: true });
  const data = join(redis.directory, "appendonlydir");
  const copy = join(await temporaryDirectory(t), "copy");
  // Held still meanwhile: a rewrite of the append-only file takes files away.
  redis.pause();
  await cp(data, copy, { recursive: true });
  redis.resume();
  await newsroom.editor.acknowledges(15);
  const { position } = await newsroom.snapshot();
  const goBack = async () => {
    await redis.kill();
    await rm(data, { recursive: true });
    await cp(copy, data, { recursive: true });
    await redis.restart();
  };
  return { redis, newsroom, goBack, epoch: epochOf(position) };
}

function epochOf(position: string): string {
  return position.split(".")[0] ?? "";
}

async function assertRenewed({ newsroom, epoch }: Scene): Promise<void> {
  assert.notEqual(epochOf((await newsroom.snapshot()).position), epoch);
}

test("[S7] an older copy is brought back while all nodes live: one new epoch, and everybody starts again", async (t) => {
  const scene = await open(t);
  await scene.goBack();
  await scene.newsroom.settle(t, "older copy, nodes alive");
  await assertRenewed(scene);
});

test("[S7] an older copy, and a node that knew nothing commits first: the others notice all the same", async (t) => {
  const scene = await open(t);
  const { newsroom, goBack } = scene;
  const witnesses = [...newsroom.nodes];
  for (const node of witnesses) {
    newsroom.spared.add(node);
    node.signal("SIGSTOP");
  }
  await goBack();
  await newsroom.addNode();
  await newsroom.editor.acknowledges(30);
  for (const node of witnesses) {
    node.signal("SIGCONT");
    newsroom.spared.delete(node);
  }
  await newsroom.settle(t, "older copy, new node commits first");
  await assertRenewed(scene);
});

test("[S7] an older copy, and all nodes start anew: the tags that readers hold tell", async (t) => {
  const { newsroom, goBack } = await open(t);
  await Promise.all(newsroom.nodes.map((node) => node.end("SIGKILL")));
  await goBack();
  for (const node of newsroom.nodes) await node.restart();
  await newsroom.editor.acknowledges(20);
  await newsroom.settle(t, "older copy, all nodes restarted");
});
