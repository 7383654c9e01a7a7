import type { NodeProcess } from "../../test/support/node-process.ts";
import type { RedisServer } from "../../test/support/redis-server.ts";

export type NodeUsage = { cpuMs: number; memoryKiB: number; storeReads: number };

/**
 * What a node says of itself. Its CPU is that of the kernel's account, as in `/proc/<pid>/stat`, in microseconds
 * instead of hundredths of a second. It answers when it has done what it was busy with.
 */
export async function usageOf(node: NodeProcess): Promise<NodeUsage> {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  const total = (name: string) => {
    const samples = text.matchAll(new RegExp(`^${name}(?:\\{.*?\\})? (\\S+)`, "gm"));
    return [...samples].reduce((all, [, value]) => all + Number(value), 0);
  };
  return {
    cpuMs: total("process_cpu_seconds_total") * 1_000,
    memoryKiB: total("process_resident_memory_bytes") / 1024,
    storeReads: total("dateline_store_reads_total"),
  };
}

/** How often a node has read a story from its store, by what for. */
export async function storeReadsOf(node: { url: string }): Promise<Map<string, number>> {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  const samples = text.matchAll(/^dateline_store_reads_total\{reason="(\w+)"\} (\d+)/gm);
  return new Map([...samples].map(([, reason = "", count]) => [reason, Number(count)]));
}

/** CPU that a node takes for `work`, in microseconds. */
export async function nodeCpuUs(node: NodeProcess, work: () => Promise<unknown>): Promise<number> {
  const before = await usageOf(node);
  await work();
  const after = await usageOf(node);
  return (after.cpuMs - before.cpuMs) * 1_000;
}

/** CPU that a Redis takes for `work`, in microseconds. */
export async function redisCpuUs(redis: RedisServer, work: () => Promise<unknown>): Promise<number> {
  const before = await cpuOf(redis);
  await work();
  return (await cpuOf(redis)) - before;
}

async function cpuOf(redis: RedisServer): Promise<number> {
  const info = await redis.command("INFO", "cpu");
  const seconds = (name: string) => Number(new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1]);
  return (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1e6;
}
