import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Snapshot } from "../../../src/protocol/shapes.ts";
import { WireReader } from "../../faults/support/wire-reader.ts";
import { assertUndisturbed } from "../../faults/support/wire-readers.ts";
import { eventually } from "../../support/eventually.ts";
import { NodeProcess } from "../../support/node-process.ts";
import { ADMIN_KEY } from "../../support/service.ts";

export const STORY = "election";
const READERS = 3;
/** What a node may grow by under attack: garbage that waits for its collector, and no more. */
const GROWTH_MAX_BYTES = 96 * 1024 * 1024;
/** A collector that is in no hurry would hide what is held. */
const SMALL_HEAP = "--max-old-space-size=160 --max-semi-space-size=4";

type Body = Record<string, unknown>;

/** A node with readers who do nothing wrong and an editor who never rests: what hostile clients must not reach. */
export class AttackedNode {
  readonly #node: NodeProcess;
  readonly #readers: WireReader[] = [];
  #editing: Promise<void> = Promise.resolve();
  #position = "";
  #revisions = 0;
  #onRevision = () => {};
  #resting = false;
  #quietBytes = 0;

  private constructor(node: NodeProcess) {
    this.#node = node;
  }

  static async open(t: TestContext, settings: Record<string, string> = {}): Promise<AttackedNode> {
    const directory = await mkdtemp(join(tmpdir(), "dateline-hostile-"));
    // The editor of these tests is quicker than any.
    const environment = { DATA_DIR: directory, LOG_LEVEL: "warn", DRAIN_SECONDS: "0", PUBLISH_RATE_PER_MINUTE: "0" };
    const node = await NodeProcess.start({ ...environment, NODE_OPTIONS: SMALL_HEAP, ...settings });
    const attacked = new AttackedNode(node);
    t.after(async () => {
      attacked.#resting = true;
      await Promise.all(attacked.#readers.map((reader) => reader.close()));
      await node.end("SIGKILL");
      await rm(directory, { recursive: true, force: true });
    });
    await attacked.#start();
    return attacked;
  }

  get port(): number {
    return this.#node.port;
  }

  get url(): string {
    return this.#node.url;
  }

  async call(
    method: string,
    path: string,
    body?: Body | string,
  ): Promise<{ status: number; body: Body; text: string }> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {}, text };
  }

  /** Resolves once at least `times` were counted. @param reasons any of them. */
  async counts(reasons: string | readonly string[], times = 1): Promise<void> {
    const series = [reasons].flat().map((reason) => `dateline_hostile_total{reason="${reason}"}`);
    await eventually(
      () => Promise.all(series.map((one) => this.#metric(one))),
      (counts) => counts.reduce((sum, count) => sum + count, 0) >= times,
    );
  }

  /** Changes are made all the time; resolves after that many more. */
  async changes(more: number): Promise<void> {
    for (const wanted = this.#revisions + more; this.#revisions < wanted; ) {
      await new Promise<void>((resolve) => {
        this.#onRevision = resolve;
      });
    }
  }

  /** The readers were told everything, in order and once; the node holds no more memory; one line was logged at most. */
  async assertUnharmed(): Promise<void> {
    assert.equal(this.#node.isRunning, true, this.#node.log);
    await this.changes(5);
    this.#resting = true;
    await this.#editing;
    await Promise.all(this.#readers.map((reader) => reader.reaches(this.#position)));
    assert.deepEqual(
      this.#readers.flatMap(({ faults }) => faults),
      [],
    );
    assertUndisturbed(this.#readers);
    const snapshot = (await this.call("GET", `/stories/${STORY}?limit=200`)).body as unknown as Snapshot;
    assert.equal(snapshot.position, this.#position);
    await this.assertHoldsNoMore();
    const logged = this.#node.log.split("\n").filter((line) => line.startsWith("{"));
    assert.ok(logged.length <= 1, logged.join("\n"));
  }

  async assertHoldsNoMore(): Promise<void> {
    await eventually(
      () => this.#residentBytes(),
      (bytes) => bytes - this.#quietBytes < GROWTH_MAX_BYTES,
    );
  }

  async #start(): Promise<void> {
    const story = { slug: STORY, headline: "Election night", timeZone: "America/Chicago", status: "live" };
    assert.equal((await this.call("POST", "/stories", story)).status, 201);
    const { body } = await this.call("POST", `/stories/${STORY}/entries`, { markdown: "change-0" });
    const { id } = body.entry as { id: string };
    for (let n = 0; n < READERS; n += 1) this.#readers.push(new WireReader(STORY, Math.random, () => [this.url]));
    await Promise.all(this.#readers.map((reader) => reader.joins()));
    this.#editing = this.#edit(id);
    // Compiled code and caches are no growth.
    await this.changes(30);
    this.#quietBytes = await this.#residentBytes();
  }

  async #edit(id: string): Promise<void> {
    while (!this.#resting) {
      const revised = await this.call("PATCH", `/stories/${STORY}/entries/${id}`, {
        markdown: `change-${this.#revisions + 1}`,
      });
      assert.equal(revised.status, 200, revised.text);
      this.#position = revised.body.position as string;
      this.#revisions += 1;
      this.#onRevision();
    }
  }

  #residentBytes(): Promise<number> {
    return this.#metric("process_resident_memory_bytes");
  }

  /** 0 for what was never counted. */
  async #metric(series: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = text.split("\n").find((one) => one.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1) ?? 0);
  }
}
