import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { boundToParent, endWithTests } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { RedisServer } from "../../test/support/redis-server.ts";
import type { DialectName } from "../readers/dialects.ts";
import type { Cores } from "../support/cores.ts";
import { PeerStories } from "./peer-stories.ts";
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
  const port = await freePort();
  const file = fileURLToPath(new URL(`../peers/${program}.js`, import.meta.url));
  const { PATH = "" } = process.env;
  const env = { PATH, PORT: String(port), NODE_ENV: "production", ...(redis ? { REDIS_URL: redis.url } : {}) };
  const [command, ...args] = boundToParent([...cores.server, process.execPath, file]);
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  endWithTests(child);
  const exited = once(child, "exit");
  const end = async () => {
    child.kill("SIGKILL");
    await exited;
    await redis?.stop();
  };
  const listening = once(createInterface({ input: child.stdout }), "line");
  const started = await Promise.race([listening.then(() => true), exited.then(() => false)]);
  if (!started || child.pid === undefined) {
    await end();
    throw new Error(`${title} did not start.`);
  }
  const stories = new PeerStories(port);
  return {
    ...{ pid: child.pid, port, dialect, end },
    createStory: (story) => stories.create(story),
    headOf: (story) => stories.headOf(story),
    publish: (story, bytes) => stories.publish(story, bytes),
  };
}
