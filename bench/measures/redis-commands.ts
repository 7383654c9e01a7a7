import { setTimeout as pause } from "node:timers/promises";
import { type Commands, RedisMonitor } from "../support/redis-monitor.ts";
import { type Row, row, type Section } from "../support/report.ts";
import { Rig, STORY } from "../support/rig.ts";
import { sum } from "../support/statistics.ts";
import { usageOf } from "../support/usage.ts";

export type CommandCounts = { publishes: number; joins: number; quietMs: number };

const CHARACTERS = 800;
/** What a commit leaves to be done after its answer, the listing of its story, is over by then. */
const LISTED_MS = 250;
const READERS = 100;

/** What publishing, joining and waiting ask of Redis. */
export async function redisCommands(nodeCount: number, counts: CommandCounts): Promise<Section> {
  return Rig.with(nodeCount, async (rig) => {
    for (const node of rig.nodes) await rig.enter(node, READERS, { limit: 1 });
    await rig.publishMany(20, CHARACTERS);
    await pause(LISTED_MS);
    const rows = [
      ...(await publishing(rig, counts.publishes)),
      ...(await joining(rig, counts.joins)),
      ...(await waiting(rig, counts.quietMs)),
    ];
    return {
      title: `What ${nodeCount === 1 ? "one node" : `${nodeCount} nodes`} with readers of one story ask of Redis`,
      rows,
    };
  });
}

async function publishing(rig: Rig, publishes: number): Promise<Row[]> {
  const monitor = await RedisMonitor.start(rig.redis);
  await rig.publishMany(publishes, CHARACTERS);
  await pause(LISTED_MS);
  return rowsOf("a publish", await monitor.stop(), publishes);
}

async function joining(rig: Rig, joins: number): Promise<Row[]> {
  const readsNow = async () => sum((await Promise.all(rig.nodes.map(usageOf))).map(({ storeReads }) => storeReads));
  const monitor = await RedisMonitor.start(rig.redis);
  const readsBefore = await readsNow();
  const startedAt = performance.now();
  await rig.readers.rejoin(Math.ceil(joins / rig.readers.count), { story: STORY, limit: 1 });
  const tookS = (performance.now() - startedAt) / 1_000;
  const reads = (await readsNow()) - readsBefore;
  const what = `${joins.toLocaleString("en")} joins`;
  return [
    row(`${what}: time`, "s", tookS),
    row(`${what}: dateline_store_reads_total`, "", reads),
    ...rowsOf(what, await monitor.stop(), 1),
  ];
}

async function waiting(rig: Rig, quietMs: number): Promise<Row[]> {
  const monitor = await RedisMonitor.start(rig.redis);
  await pause(quietMs);
  return rowsOf(`${quietMs / 1_000} quiet seconds`, await monitor.stop(), 1);
}

function rowsOf(what: string, { byClients, inScripts }: Commands, times: number): Row[] {
  const each = [...byClients].sort(([, a], [, b]) => b - a);
  return [
    row(`${what}: commands of clients`, "", sum(byClients.values()) / times),
    ...each.map(([name, count]) => row(`  ${name}`, "", count / times)),
    row(`${what}: commands inside scripts`, "", sum(inScripts.values()) / times),
  ];
}
