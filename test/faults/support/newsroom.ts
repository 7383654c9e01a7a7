import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Snapshot } from "../../../src/protocol/shapes.ts";
import { Balancer } from "../../support/balancer.ts";
import { type Environment, NodeProcess } from "../../support/node-process.ts";
import { OwnReader } from "../../support/own-reader.ts";
import { seededRandom, seedOfRun } from "../../support/seeded-random.ts";
import { ADMIN_KEY } from "../../support/service.ts";
import { Editor } from "./editor.ts";
import { Ledger } from "./ledger.ts";
import { ReadinessWatch } from "./readiness.ts";

const READERS = Number(process.env.FAULT_READERS ?? 24);
const LOOK_EVERY_MS = 50;
const STORY = "election";

export type Plan = {
  /** The store's settings for each node. */
  environment: Environment;
  nodes?: number;
  /** The fault takes acknowledged changes away, as a restored backup does: then all agree on what is left. */
  losesHistory?: boolean;
  /**
   * Nodes are cut off from the store while others are not, and readers come to them meanwhile: they are served the last
   * state that the node knows, with what was retracted since.
   */
  servesLastState?: boolean;
};

/** Nodes, editors at work and readers on every node: what a fault happens to. */
export class Newsroom {
  readonly nodes: NodeProcess[] = [];
  readonly balancer: Balancer;
  readonly ledger = new Ledger();
  readonly editor: Editor;
  readonly readers: OwnReader[] = [];
  readonly random: () => number;
  /** Of nodes that editors leave alone, say, because they are stopped. */
  readonly spared = new Set<NodeProcess>();
  readonly #plan: Plan;
  readonly #readiness: ReadinessWatch;

  private constructor(plan: Plan, balancer: Balancer, random: () => number) {
    this.#plan = plan;
    this.balancer = balancer;
    this.random = random;
    this.#readiness = new ReadinessWatch(this.nodes);
    const asked = () => this.nodes.filter((node) => node.isRunning && !this.spared.has(node)).map(({ url }) => url);
    this.editor = new Editor(STORY, random, this.ledger, asked);
  }

  static async open(t: TestContext, plan: Plan): Promise<Newsroom> {
    const seed = seedOfRun();
    t.diagnostic(`SEED=${seed}`);
    const newsroom = new Newsroom(plan, await Balancer.start(), seededRandom(seed));
    t.after(() => newsroom.#close());
    for (let n = 0; n < (plan.nodes ?? 2); n += 1) await newsroom.addNode();
    await newsroom.#createStory();
    for (let n = 0; n < READERS; n += 1) {
      // An older copy brings back what was retracted since: only the newsroom can tell.
      const { losesHistory = false, servesLastState = false } = plan;
      const retracted = losesHistory || servesLastState ? new Set<string>() : newsroom.ledger.retracted;
      newsroom.readers.push(new OwnReader(newsroom.balancer.url, STORY, retracted, losesHistory));
    }
    newsroom.editor.start();
    await newsroom.editor.acknowledges(10);
    return newsroom;
  }

  async addNode(): Promise<NodeProcess> {
    const node = await NodeProcess.start({
      PUBLIC_URL: this.balancer.url,
      DRAIN_SECONDS: "2",
      ...this.#plan.environment,
    });
    this.nodes.push(node);
    this.balancer.targets.push(node.port);
    return node;
  }

  /** Resolves when every node that runs says that it is ready. */
  async allReady(): Promise<void> {
    for (const node of this.nodes) {
      while (node.isRunning && !(await node.isReady())) await pause(LOOK_EVERY_MS);
    }
  }

  async snapshot(node = this.nodes.find(({ isRunning }) => isRunning)): Promise<Snapshot> {
    const response = await fetch(`${node?.url}/api/v1/stories/${STORY}?limit=200`);
    assert.equal(response.status, 200);
    return (await response.json()) as Snapshot;
  }

  /** After the fault: work goes on for a while, then everybody must agree. */
  async settle(t: TestContext, fault: string): Promise<void> {
    const healedAt = performance.now();
    await this.editor.acknowledges(10);
    await this.allReady();
    await this.editor.stop();
    const { position, entries, total } = await this.#agreed();
    await Promise.all(this.readers.map((reader) => reader.reaches(position)));
    const wholeMs = Math.round(performance.now() - healedAt);
    const lost = this.#plan.losesHistory ? [] : this.ledger.lostIn(entries);
    const doubled = this.ledger.doubledIn(entries);
    const faults = this.readers.flatMap((reader) => reader.faults);
    const { acknowledged, refused } = this.ledger;
    const row = { fault, acknowledged, refused, readers: READERS, lost: lost.length, doubled: doubled.length };
    const outOfOrder = faults.length;
    t.diagnostic(JSON.stringify({ ...row, outOfOrder, wholeMs }));
    const { FAULTS_JSON } = process.env;
    if (FAULTS_JSON) appendFileSync(FAULTS_JSON, `${JSON.stringify({ ...row, outOfOrder, wholeMs })}\n`);
    const { untruths } = this.#readiness;
    assert.deepEqual({ lost, doubled, faults, untruths }, { lost: [], doubled: [], faults: [], untruths: [] });
    assert.ok(this.#readiness.looks > 0);
    this.ledger.assertKnown(entries);
    for (const reader of this.readers) {
      assert.deepEqual(reader.timeline?.entries, entries);
      assert.equal(reader.timeline?.total, total);
    }
  }

  /** What every node says of the story, once they say the same. */
  async #agreed(): Promise<Snapshot> {
    for (;;) {
      const running = this.nodes.filter(({ isRunning }) => isRunning);
      const [first, ...others] = await Promise.all(running.map((node) => this.snapshot(node)));
      if (first && others.every(({ position }) => position === first.position)) {
        for (const other of others) assert.deepEqual(other, first);
        return first;
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  async #createStory(): Promise<void> {
    const response = await fetch(`${this.nodes[0]?.url}/api/v1/stories`, {
      method: "POST",
      headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ slug: STORY, headline: "Election night", timeZone: "America/Chicago", status: "live" }),
    });
    assert.equal(response.status, 201);
  }

  async #close(): Promise<void> {
    await Promise.all([this.editor.stop(), this.#readiness.stop()]);
    for (const reader of this.readers) reader.close();
    await Promise.all(this.nodes.map((node) => node.end("SIGKILL")));
    await this.balancer.close();
  }
}
