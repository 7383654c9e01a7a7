import assert from "node:assert/strict";
import type { RedisCluster } from "./redis-cluster.ts";
import type { RedisServer } from "./redis-server.ts";

const KEYS_AT_ONCE = 3;

/**
 * What an operator's tool does when it moves the slot of `key` to the next master, a few keys at a time: meanwhile some
 * of them are here and some there, and neither can run a script over all of them.
 */
export async function moveSlotOf(key: string, cluster: RedisCluster): Promise<void> {
  const slot = (await cluster.nodes[0]?.command("CLUSTER", "KEYSLOT", key)) ?? "";
  const counts = await Promise.all(cluster.nodes.map((node) => node.command("CLUSTER", "COUNTKEYSINSLOT", slot)));
  const holder = counts.findIndex((count) => Number(count) > 0);
  const [from, to] = [cluster.nodes[holder], cluster.nodes[(holder + 1) % cluster.nodes.length]];
  assert.ok(from && to);
  const [fromId, toId] = await Promise.all([from.command("CLUSTER", "MYID"), to.command("CLUSTER", "MYID")]);
  await to.command("CLUSTER", "SETSLOT", slot, "IMPORTING", fromId);
  await from.command("CLUSTER", "SETSLOT", slot, "MIGRATING", toId);
  for (let keys = await keysIn(from, slot); keys.length > 0; keys = await keysIn(from, slot)) {
    await from.command("MIGRATE", "127.0.0.1", String(to.port), "", "0", "5000", "KEYS", ...keys);
  }
  for (const node of [to, from, ...cluster.nodes]) await node.command("CLUSTER", "SETSLOT", slot, "NODE", toId);
}

async function keysIn(server: RedisServer, slot: string): Promise<string[]> {
  return (await server.command("CLUSTER", "GETKEYSINSLOT", slot, String(KEYS_AT_ONCE))).split("\n").filter(Boolean);
}
