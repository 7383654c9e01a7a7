import { Cluster } from "ioredis";
import { type Client, connectClient } from "./clients.ts";
import { mastersOf } from "./commands.ts";
import type { KeySpace } from "./key-space.ts";
import type { RedisAddress } from "./redis-url.ts";

/** How long a start waits for a Redis that is starting, too. */
const REACH_TIMEOUT_MS = 10_000;
const DURABLE = "Set appendonly yes and appendfsync always.";
const LOOK_EVERY_MS = 100;
const OLDEST_VERSION = 7;
/** Of what this version keeps. Grows when an older one could not work with it. [S8] */
const SCHEMA_VERSION = 1;

export type Reached = {
  address: RedisAddress;
  client: Client;
  /** How far its clock is ahead of ours, at least, in milliseconds. */
  clockAheadMs: number;
};

/** The message is for the operator: what is wrong with this Redis, and what to do. */
export class CannotUseRedis extends Error {
  override name = "CannotUseRedis";
}

/** Connects, and makes sure that this Redis keeps what it is given. @throws {CannotUseRedis} */
export async function reachRedis(
  address: RedisAddress,
  keySpace: KeySpace,
  onWarning: (warning: string) => void,
): Promise<Reached> {
  const client = connectClient(address, "dateline");
  try {
    await untilReady(client, address);
    await checkDatabase(client, address);
    if (!(client instanceof Cluster) && /^redis_mode:cluster/m.test(await client.info("server"))) {
      client.disconnect();
      return await reachRedis(asCluster(address), keySpace, onWarning);
    }
    for (const master of mastersOf(client)) {
      // Where CONFIG is not allowed, as with hosted servers, the operator knows best.
      const [, appendfsync = ""] = (await master.config("GET", "appendfsync").catch(() => [])) as string[];
      checkServer(await master.info(), appendfsync, onWarning);
    }
    await checkSchema(client, keySpace);
    const [seconds, microseconds] = await client.time();
    return {
      address,
      client,
      clockAheadMs: Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000) - Date.now(),
    };
  } catch (error) {
    client.disconnect();
    if (error instanceof CannotUseRedis) throw error;
    throw new CannotUseRedis(`Cannot use Redis at ${address.name}. ${reasonOf(error)}`);
  }
}

async function untilReady(client: Client, address: RedisAddress): Promise<void> {
  const untilMs = Date.now() + REACH_TIMEOUT_MS;
  let last: unknown;
  client.on("error", (error) => {
    last = error;
  });
  client.connect().catch(() => {});
  while (client.status !== "ready") {
    if (Date.now() > untilMs || client.status === "end" || isFinal(last)) {
      throw new CannotUseRedis(`Cannot reach Redis at ${address.name}. ${reasonOf(last)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof Error && /^(WRONGPASS|NOAUTH|NOPERM|ERR invalid (username|password))/.test(error.message);
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  if (/^(WRONGPASS|NOAUTH|ERR invalid)/.test(message)) return "It wants another user or password: see REDIS_URL.";
  if (/ECONNREFUSED/.test(message)) return "Nothing answers there. Is it running, and is REDIS_URL right?";
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return "There is no such host. Is REDIS_URL right?";
  if (message.startsWith("NOPERM")) return `Its user may not do what is needed: ${message}`;
  return message ? `It says: ${message}` : "It does not answer.";
}

function asCluster(address: RedisAddress): RedisAddress {
  const { host = "127.0.0.1", port = 6379, db: _db, ...options } = address.options;
  return { kind: "cluster", nodes: [{ host, port }], options, name: address.name };
}

/** ioredis passes over a refused SELECT, and everything would go into database 0. */
async function checkDatabase(client: Client, { options, name }: RedisAddress): Promise<void> {
  const { db = 0 } = options;
  if (client instanceof Cluster || db === 0) return;
  try {
    await client.select(db);
  } catch (error) {
    throw new CannotUseRedis(`Cannot use database ${db} of Redis at ${name}. ${reasonOf(error)}`);
  }
}

function checkServer(info: string, appendfsync: string, onWarning: (warning: string) => void): void {
  const valueIn = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const version = valueIn("redis_version");
  if (Number.parseInt(version, 10) < OLDEST_VERSION) {
    throw new CannotUseRedis(`Redis ${version} is too old: ${OLDEST_VERSION}.0 or newer is needed.`);
  }
  const policy = valueIn("maxmemory_policy");
  if (policy !== "" && policy !== "noeviction") {
    throw new CannotUseRedis(
      `Redis may evict what it was given (maxmemory-policy is ${policy}). Set maxmemory-policy to noeviction.`,
    );
  }
  if (valueIn("aof_enabled") === "0") {
    onWarning(`Redis has no append-only file: what was acknowledged is lost when it stops. ${DURABLE}`);
  } else if (appendfsync !== "" && appendfsync !== "always") {
    onWarning(
      `Redis syncs its append-only file ${appendfsync}: a second of acknowledged writes may be lost. ${DURABLE}`,
    );
  }
}

async function checkSchema(client: Client, keySpace: KeySpace): Promise<void> {
  const key = keySpace.of("schema", "version");
  // Read first: a Redis without memory refuses every write, also one that would change nothing.
  const kept = (await client.get(key)) ?? (await client.set(key, String(SCHEMA_VERSION), "NX", "GET"));
  if (Number(kept ?? SCHEMA_VERSION) <= SCHEMA_VERSION) return;
  throw new CannotUseRedis(
    `What this Redis holds was written by a newer version of Dateline (format ${kept}; this one knows ${SCHEMA_VERSION}). Start the newer version.`,
  );
}
