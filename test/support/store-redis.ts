import { randomBytes } from "node:crypto";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { openRedisStores } from "../../src/store/redis/open.ts";
import type { Stores } from "../../src/store/stores.ts";
import type { DurableHarness, EngineOptions, Harness, Hooks } from "../contract/harness.ts";
import { RedisServer } from "./redis-server.ts";
import { temporaryDirectory } from "./store-sqlite.ts";

/** Two nodes on one Redis, among keys that no other test has. */
export async function openOnRedis(url: string, hooks: Hooks, options: EngineOptions = {}): Promise<Harness> {
  const prefix = `test-${randomBytes(6).toString("hex")}:`;
  const [stores, peer] = await Promise.all([
    openRedisStores({ url, prefix, ...options }),
    openRedisStores({ url, prefix, ...options }),
  ]);
  hooks.after(async () => void (await Promise.all([stores.close(), peer.close()])));
  return { stores, peer, heard: [stores, peer] };
}

/** A Redis of its own with an append-only file. Opening again includes killing it. */
export async function openOnDurableRedis(hooks: Hooks, options: EngineOptions = {}): Promise<DurableHarness> {
  const copies = await temporaryDirectory(hooks);
  const server = await RedisServer.start({ appendOnly: true });
  const clients: Stores[] = [];
  const open = async () => {
    const stores = await openRedisStores({ url: server.url, ...options });
    clients.push(stores);
    return stores;
  };
  const close = () => Promise.all(clients.splice(0).map((client) => client.close()));
  hooks.after(async () => {
    await close();
    await server.stop();
  });
  const restart = async (beforeStart: () => Promise<void>) => {
    await close();
    await server.kill();
    await beforeStart();
    await server.restart();
    return open();
  };
  const [stores, peer] = [await open(), await open()];
  const data = join(server.directory, "appendonlydir");
  return {
    ...{ stores, peer, heard: [stores, peer] },
    reopen: () => restart(async () => {}),
    async snapshotData() {
      // Held still meanwhile: a rewrite of the append-only file takes files away.
      server.pause();
      await cp(data, join(copies, "appendonlydir"), { recursive: true });
      server.resume();
      return () =>
        restart(async () => {
          await rm(data, { recursive: true });
          await cp(join(copies, "appendonlydir"), data, { recursive: true });
        });
    },
  };
}
