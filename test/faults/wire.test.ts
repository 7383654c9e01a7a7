import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { DeafProxy } from "../support/deaf-proxy.ts";
import { RedisServer } from "../support/redis-server.ts";
import { Newsroom } from "./support/newsroom.ts";
import { assertUndisturbed, assertWhole, openWireReaders } from "./support/wire-readers.ts";

const STORM_FAULTS = Number(process.env.STORM_FAULTS ?? 16);

type Scene = Awaited<ReturnType<typeof open>>;

async function open(t: TestContext, nodes: number, servesLastState = false) {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const proxy = await DeafProxy.start(redis.port);
  t.after(() => proxy.close());
  const environment = { REDIS_URL: `redis://127.0.0.1:${proxy.port}` };
  const newsroom = await Newsroom.open(t, { environment, nodes, servesLastState });
  return { redis, proxy, newsroom, readers: await openWireReaders(t, newsroom) };
}

test("[R4] a rolling restart tells every reader goodbye, cuts none off and sends none back to the start", async (t) => {
  const { newsroom, readers } = await open(t, 2);
  for (const node of newsroom.nodes) {
    assert.equal(await node.end("SIGTERM"), 0);
    await node.restart();
    await newsroom.allReady();
  }
  await newsroom.settle(t, "rolling restart, on the wire");
  await assertWhole(newsroom, readers);
  assertUndisturbed(readers);
  assert.ok(readers.every(({ goodbyes }) => goodbyes >= 1));
});

test("[F1] [R1] [F3] readers that change nodes while one of them is deaf are told neither less nor twice", async (t) => {
  const { newsroom, proxy, readers } = await open(t, 2);
  for (let rounds = 0; rounds < 40; rounds += 1) {
    if (rounds % 10 === 0) proxy.deafen();
    await newsroom.editor.acknowledges(1);
    for (const reader of readers) if (newsroom.random() < 0.3) reader.hop();
  }
  await newsroom.settle(t, "changing nodes, one deaf");
  await assertWhole(newsroom, readers);
  assertUndisturbed(readers);
});

test("[F1] [F2] [R1] [S3] a storm of faults leaves no hole in what readers are told, and no change comes twice", async (t) => {
  const scene = await open(t, 3, true);
  const { newsroom, readers } = scene;
  const faults = [...faultsOfRedis(scene), ...faultsOfNodes(scene)];
  const drawn: number[] = [];
  t.after(() => t.diagnostic(`Faults by number: ${drawn.join(" ")}`));
  for (let count = 0; count < STORM_FAULTS; count += 1) {
    const number = Math.floor(newsroom.random() * faults.length);
    drawn.push(number);
    await faults[number]?.();
    await newsroom.editor.acknowledges(1 + Math.floor(newsroom.random() * 6));
  }
  await newsroom.settle(t, "storm of faults");
  await assertWhole(newsroom, readers);
});

function faultsOfRedis({ redis, newsroom }: Scene): (() => unknown)[] {
  return [
    async () => {
      await redis.kill();
      await newsroom.editor.fails(2);
      await redis.restart();
    },
    async () => {
      redis.pause();
      await pause(200 + newsroom.random() * 1_500);
      redis.resume();
    },
    () => redis.command("CLIENT", "KILL", "TYPE", "pubsub"),
    () => redis.command("CLIENT", "KILL", "TYPE", "normal"),
    () => redis.command("SPUBLISH", "dateline:{election}:changes", "{"),
  ];
}

function faultsOfNodes({ newsroom, readers }: Scene): (() => unknown)[] {
  const anyNode = () => {
    const node = newsroom.nodes[Math.floor(newsroom.random() * newsroom.nodes.length)];
    assert.ok(node);
    return node;
  };
  return [
    async () => {
      const node = anyNode();
      await node.end("SIGKILL");
      await newsroom.editor.acknowledges(2);
      await node.restart();
    },
    async () => {
      const node = anyNode();
      newsroom.spared.add(node);
      node.signal("SIGSTOP");
      await pause(300 + newsroom.random() * 700);
      node.signal("SIGCONT");
      newsroom.spared.delete(node);
    },
    () => newsroom.balancer.cutAll(),
    () => {
      for (const reader of readers) if (newsroom.random() < 0.5) reader.hop();
    },
  ];
}
