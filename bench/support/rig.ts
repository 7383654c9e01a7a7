import type { Snapshot } from "../../src/protocol/shapes.ts";
import { NodeProcess } from "../../test/support/node-process.ts";
import { RedisServer } from "../../test/support/redis-server.ts";
import { ADMIN_KEY } from "../../test/support/service.ts";
import { type Latency, nowMs } from "../readers/reader-orders.ts";
import { Readers } from "../readers/readers.ts";
import { repeat } from "./statistics.ts";

export const STORY = "story";

/** A durable Redis, nodes of the service as processes of their own, and one live story. */
export class Rig {
  readonly redis: RedisServer;
  readonly nodes: NodeProcess[];
  readonly readers = new Readers();

  private constructor(redis: RedisServer, nodes: NodeProcess[]) {
    this.redis = redis;
    this.nodes = nodes;
  }

  static async with<T>(nodeCount: number, measure: (rig: Rig) => Promise<T>): Promise<T> {
    const redis = await RedisServer.start({ appendOnly: true });
    const nodes: NodeProcess[] = [];
    const rig = new Rig(redis, nodes);
    try {
      const env = { REDIS_URL: redis.url, PUBLIC_URL: "http://localhost:3000", PUBLISH_RATE_PER_MINUTE: "0" };
      for (let n = 0; n < nodeCount; n += 1) nodes.push(await NodeProcess.start(env));
      const story = { slug: STORY, headline: "A story", timeZone: "America/Chicago", status: "live" };
      await rig.#post("/stories", story);
      return await measure(rig);
    } finally {
      await rig.readers.end();
      await Promise.all(nodes.map((node) => node.end("SIGKILL")));
      await redis.stop();
    }
  }

  get first(): NodeProcess {
    return this.at(0);
  }

  at(index: number): NodeProcess {
    const node = this.nodes[index];
    if (!node) throw new Error("There is no such node.");
    return node;
  }

  /** An entry of so many characters, through the first node. */
  async publish(characters: number): Promise<number> {
    const { seq } = await this.#post(`/stories/${STORY}/entries`, { markdown: "x".repeat(characters) });
    return seq;
  }

  async publishMany(count: number, characters: number): Promise<void> {
    await repeat(count, () => this.publish(characters));
  }

  /** So many readers more, on one node. */
  async enter(node: NodeProcess, readersEach: number, join: { position?: string; limit?: number }): Promise<void> {
    await this.readers.enter({ port: node.port, dialect: "dateline", stories: [STORY], readersEach, join });
  }

  /** Publishes, and waits until every reader has it. */
  async deliver(characters: number): Promise<Latency> {
    await this.readers.listen();
    const sentAt = nowMs();
    const seq = await this.publish(characters);
    const behind = await this.readers.reach({ [STORY]: seq });
    if (behind > 0) throw new Error(`${behind} readers never got an update.`);
    return (await this.readers.collect([{ story: STORY, seq, at: sentAt }])).latency;
  }

  async position(): Promise<string> {
    const answer = await fetch(`${this.first.url}/api/v1/stories/${STORY}?limit=1`);
    return ((await answer.json()) as Snapshot).position;
  }

  async #post(path: string, body: object): Promise<{ seq: number }> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`${this.first.url}/api/v1${path}`, init);
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`${path} was answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  }
}
