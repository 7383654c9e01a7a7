import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SETTING_NAMES } from "../../src/config.ts";
import type { CatchUp } from "../../src/protocol/events.ts";
import type { Snapshot } from "../../src/protocol/shapes.ts";
import { type Environment, NodeProcess } from "../../test/support/node-process.ts";
import { RedisServer } from "../../test/support/redis-server.ts";
import { ADMIN_KEY } from "../../test/support/service.ts";
import type { Cores } from "../support/cores.ts";
import { prose } from "../support/prose.ts";
import type { Server, Subject } from "./subject.ts";

export type Store = "embedded" | "redis";
export type DatelineOptions = { store: Store; engine?: string | undefined; workers?: number | undefined };

const SAMPLE_CHARACTERS = 100;
/** An entry is never empty. */
const CHARACTERS_MIN = 10;
const ATTEMPTS_MAX = 5;

export function dateline(options: DatelineOptions): Subject<DatelineServer> {
  const { store, engine, workers } = options;
  const kind = [store === "redis" ? "Redis" : "embedded", engine, workers && `${workers} workers`].filter(Boolean);
  return {
    name: `dateline-${store}${engine ? `:${engine}` : ""}`,
    title: `Dateline (${kind.join(", ")})`,
    unavailable: () => missingSetting(options),
    start: (cores) => DatelineServer.start(options, cores),
  };
}

/** A setting that this version does not know would be passed over, and its figures be those of something else. */
function missingSetting({ engine, workers }: DatelineOptions): string | null {
  const wanted = [...(engine === undefined ? [] : ["FANOUT"]), ...(workers === undefined ? [] : ["WORKERS"])];
  const missing = wanted.filter((name) => !SETTING_NAMES.includes(name));
  return missing.length === 0 ? null : `this version has no setting ${missing.join(" and no ")}`;
}

/** One node on a store of its own, durable, with nothing limited. */
export class DatelineServer implements Server {
  readonly dialect = "dateline";
  #node: NodeProcess;
  readonly #settings: Environment;
  readonly #cores: Cores;
  readonly #close: () => Promise<void>;
  readonly #heads = new Map<string, number>();
  /** Bytes of an update besides its text. */
  #overhead = 0;
  #published = 0;

  private constructor(node: NodeProcess, settings: Environment, cores: Cores, close: () => Promise<void>) {
    this.#node = node;
    this.#settings = settings;
    this.#cores = cores;
    this.#close = close;
  }

  static async start({ store, engine, workers }: DatelineOptions, cores: Cores): Promise<DatelineServer> {
    const directory = await mkdtemp(join(tmpdir(), "dateline-bench-"));
    const redis = store === "redis" ? await RedisServer.start({ appendOnly: true }) : null;
    const close = async () => {
      await redis?.stop();
      await rm(directory, { recursive: true, force: true });
    };
    const settings = {
      ...{ PUBLIC_URL: "http://localhost:3000", DATA_DIR: directory, PUBLISH_RATE_PER_MINUTE: "0" },
      ...{ READ_RATE_PER_MINUTE: "0", MAX_CONNECTIONS: "0", MAX_CONNECTIONS_PER_IP: "0" },
      ...(redis ? { REDIS_URL: redis.url } : {}),
      ...(engine === undefined ? {} : { FANOUT: engine }),
      ...(workers === undefined ? {} : { WORKERS: String(workers) }),
    };
    try {
      if (redis) cores.toLoad(redis.pid);
      const node = await NodeProcess.start(settings, cores.server);
      const server = new DatelineServer(node, settings, cores, close);
      await server.#weigh();
      return server;
    } catch (error) {
      await close();
      throw error;
    }
  }

  get pid(): number {
    return this.#node.pid;
  }

  get port(): number {
    return this.#node.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  headOf(story: string): number {
    return this.#heads.get(story) ?? 0;
  }

  async createStory(slug: string): Promise<void> {
    const story = { slug, headline: "A story", timeZone: "America/Chicago", status: "live" };
    const { seq } = await this.#post("/stories", story);
    this.#heads.set(slug, seq);
  }

  publish(story: string, bytes: number): Promise<number> {
    return this.publishText(story, Math.max(CHARACTERS_MIN, bytes - this.#overhead));
  }

  /** An entry of so many characters. */
  async publishText(story: string, characters: number): Promise<number> {
    this.#published += 1;
    const { seq } = await this.#post(`/stories/${story}/entries`, { markdown: prose(characters, this.#published) });
    this.#heads.set(story, Math.max(this.headOf(story), seq));
    return seq;
  }

  /** This one dies; from now on there is another on the same Redis, which follows nothing yet. */
  async moveToAnotherNode(): Promise<NodeProcess> {
    const before = this.#node;
    this.#node = await NodeProcess.start(this.#settings, this.#cores.server);
    await before.end("SIGKILL");
    return this.#node;
  }

  async positionOf(story: string): Promise<string> {
    const answer = await fetch(`${this.url}/api/v1/stories/${story}?limit=1`);
    return ((await answer.json()) as Snapshot).position;
  }

  async end(): Promise<void> {
    await this.#node.end("SIGKILL");
    await this.#close();
  }

  async #weigh(): Promise<void> {
    const story = "story";
    await this.createStory(story);
    const position = await this.positionOf(story);
    await this.publishText(story, SAMPLE_CHARACTERS);
    const answer = await fetch(`${this.url}/api/v1/stories/${story}/changes?after=${position}`);
    const { mode: _mode, ...changes } = (await answer.json()) as CatchUp;
    const event = ["changes", { story, epoch: position.split(".")[0], ...changes }];
    this.#overhead = Buffer.byteLength(JSON.stringify(event)) - SAMPLE_CHARACTERS;
  }

  /** As editors are asked to: with a key, and again where the store did not answer in time. */
  async #post(path: string, body: object): Promise<{ seq: number }> {
    const headers = {
      ...{ Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" },
      "Idempotency-Key": randomUUID(),
    };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await fetch(`${this.url}/api/v1${path}`, init);
      const text = await answer.text();
      if (answer.status === 201) return JSON.parse(text);
      if (answer.status !== 503 || attempt === ATTEMPTS_MAX) {
        throw new Error(`${path} was answered ${answer.status}: ${text}`);
      }
    }
  }
}
