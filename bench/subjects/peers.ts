import { fileURLToPath } from "node:url";
import { RedisServer } from "../../test/support/redis-server.ts";
import type { DialectName } from "../readers/dialects.ts";
import type { Cores } from "../support/cores.ts";
import { startPeerProcess } from "./peer-process.ts";
import type { Server, Subject } from "./subject.ts";

type Peer = { name: string; title: string; program: string; dialect: DialectName; redis?: boolean };

const PEERS: Peer[] = [
  {
    ...{ name: "socket.io-redis", title: "Socket.IO + Redis adapter", program: "socket-io-redis" },
    ...{ dialect: "socket.io", redis: true },
  },
  { name: "socket.io", title: "Socket.IO, bare", program: "socket-io", dialect: "socket.io" },
  { name: "ws", title: "ws, a loop of send", program: "ws", dialect: "websocket" },
  { name: "sse", title: "Node http, SSE", program: "sse", dialect: "event-stream" },
  { name: "net", title: "Node net, bare writes", program: "net", dialect: "websocket" },
];

export const peers: Subject[] = PEERS.map((peer) => ({
  ...{ name: peer.name, title: peer.title },
  unavailable: () => null,
  start: (cores) => startPeer(peer, cores),
}));

async function startPeer({ title, program, dialect, redis: needsRedis }: Peer, cores: Cores): Promise<Server> {
  const redis = needsRedis ? await RedisServer.start() : null;
  if (redis) cores.toLoad(redis.pid);
  const file = fileURLToPath(new URL(`../peers/${program}.js`, import.meta.url));
  const peer = {
    ...{ title, dialect, command: [process.execPath, file], environment: redis ? { REDIS_URL: redis.url } : {} },
    afterwards: async () => redis?.stop(),
  };
  return startPeerProcess(peer, cores);
}
