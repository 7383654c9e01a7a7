import { Cluster, Redis } from "ioredis";
import type { RedisAddress, ServerOptions } from "./redis-url.ts";

export type Client = Redis | Cluster;

/** An unanswered socket is given up after that, and another one opened. */
const SOCKET_TIMEOUT_MS = 4_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** Soon, again and again: a node that is away longer than others shows what they have withdrawn meanwhile. */
const RECONNECT_MAX_MS = 250;

/**
 * Nothing waits in a queue for a server to come back, and nothing is sent a second time by the library: what was not
 * answered is the caller's to decide.
 */
const COMMON: ServerOptions = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: null,
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: SOCKET_TIMEOUT_MS,
  retryStrategy: reconnectDelayMs,
  // A master that has become a replica: the next connection finds the new one.
  reconnectOnError: (error) => error.message.startsWith("READONLY"),
};

export function connectClient(address: RedisAddress, connectionName: string): Client {
  if (address.kind !== "cluster") return quiet(new Redis({ ...COMMON, ...address.options, connectionName }));
  return quiet(
    new Cluster(address.nodes, {
      lazyConnect: true,
      enableOfflineQueue: false,
      clusterRetryStrategy: reconnectDelayMs,
      slotsRefreshInterval: 5_000,
      slotsRefreshTimeout: 2_000,
      redisOptions: { ...COMMON, ...address.options, connectionName },
    }),
  );
}

/** A connection of its own to one node, for subscriptions. */
export function connectSubscriber(address: RedisAddress, node: { host: string; port: number } | null): Redis {
  return quiet(new Redis({ ...COMMON, ...address.options, ...node, connectionName: "dateline-subscriber" }));
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt - 1, 3));
}

/** Whoever asks is told by a rejection; an `error` event without a listener would end the process. */
function quiet<C extends Client>(client: C): C {
  client.on("error", () => {});
  return client;
}
