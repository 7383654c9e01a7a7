import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { RedisServer } from "./redis-server.ts";

const SLOTS = 16_384;
const LOOK_EVERY_MS = 50;
const FORMATION_TIMEOUT_MS = 30_000;

/** A real Redis Cluster of masters without replicas. */
export class RedisCluster {
  readonly nodes: RedisServer[];
  readonly url: string;

  private constructor(nodes: RedisServer[]) {
    this.nodes = nodes;
    this.url = `redis://${nodes.map((node) => `127.0.0.1:${node.port}`).join(",")}`;
  }

  static async start(masters = 3): Promise<RedisCluster> {
    const members = await Promise.all(Array.from({ length: masters }, startMember));
    const cluster = new RedisCluster(members.map((member) => member.server));
    try {
      await join(members);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }
}

type Member = { server: RedisServer; busPort: number };

async function startMember(): Promise<Member> {
  const busPort = await freePort();
  const args = [
    ...["--cluster-enabled", "yes", "--cluster-port", String(busPort), "--cluster-config-file", "nodes.conf"],
    ...["--cluster-node-timeout", "2000"],
  ];
  return { server: await RedisServer.start({ args }), busPort };
}

async function join(members: Member[]): Promise<void> {
  const slotsEach = Math.ceil(SLOTS / members.length);
  for (const [index, { server }] of members.entries()) {
    const first = index * slotsEach;
    const last = Math.min(SLOTS, first + slotsEach) - 1;
    // Masters that all begin with the same epoch of the cluster's own would first have to settle who is who.
    await server.command("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
    await server.command("CLUSTER", "ADDSLOTSRANGE", String(first), String(last));
  }
  const [first, ...others] = members;
  for (const { server, busPort } of others) {
    await first?.server.command("CLUSTER", "MEET", "127.0.0.1", String(server.port), String(busPort));
  }
  await Promise.all(members.map(({ server }) => formed(server, members.length)));
}

async function formed(server: RedisServer, size: number): Promise<void> {
  const deadline = performance.now() + FORMATION_TIMEOUT_MS;
  for (;;) {
    const state = await server.command("CLUSTER", "INFO");
    if (state.includes("cluster_state:ok") && state.includes(`cluster_known_nodes:${size}`)) return;
    if (performance.now() > deadline) throw new Error(`The cluster did not form:\n${state}`);
    await pause(LOOK_EVERY_MS);
  }
}
