import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "./eventually.ts";
import { MetricsText } from "./metrics.ts";
import { type Environment, NodeProcess } from "./node-process.ts";
import { ADMIN_KEY } from "./service.ts";

const LOOK_EVERY_MS = 20;
export const STORY = "election";

/** A node of two workers, as operators run it, with one live story. */
export class TestCrew {
  readonly node: NodeProcess;

  private constructor(node: NodeProcess) {
    this.node = node;
  }

  static async start(env: Environment): Promise<TestCrew> {
    const settings = { WORKERS: "2", LOG_LEVEL: "info", DRAIN_SECONDS: "2", ...env };
    const crew = new TestCrew(await NodeProcess.start(settings));
    await crew.isReady();
    await crew.post("/stories", { slug: STORY, headline: "Election", timeZone: "America/Chicago", status: "live" });
    return crew;
  }

  get url(): string {
    return this.node.url;
  }

  /** Of a worker as it is now. The log says so in the order of starts. */
  async pidOf(worker: number): Promise<number> {
    const line = new RegExp(`"worker":${worker},"workerPid":(\\d+),"msg":"worker started"`, "g");
    const pids = await eventually(
      async () => [...this.node.log.matchAll(line)],
      (matches) => matches.length > 0,
    );
    return Number(pids.at(-1)?.[1]);
  }

  /** Resolves when the node says that all its workers are. */
  async isReady(): Promise<void> {
    while (!(await this.node.isReady())) await pause(LOOK_EVERY_MS);
  }

  /** Sockets and streams of each worker. */
  async readers(): Promise<number[]> {
    const metrics = await MetricsText.read(this.url);
    return [1, 2].map((worker) => metrics.value(`dateline_worker_readers{worker="${worker}"}`));
  }

  /** On a connection of its own, so that the workers take turns. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { ...init, headers: { ...init.headers, Connection: "close" } });
  }

  async post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    const own = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" };
    const init = { method: "POST", headers: { ...own, ...headers }, body: JSON.stringify(body) };
    const response = await this.fetch(`/api/v1${path}`, init);
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response;
  }

  /** @returns the position after it. */
  async publish(markdown: string): Promise<string> {
    const response = await this.post(`/stories/${STORY}/entries`, { markdown });
    return ((await response.json()) as { position: string }).position;
  }
}

/** Whether there is such a process. */
export function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
