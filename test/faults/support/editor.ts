import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { ADMIN_KEY } from "../../support/service.ts";
import type { Ledger } from "./ledger.ts";

/** Between two commands: an editor is not a benchmark. */
const PACE_MS = 25;
/** Fewer than a snapshot holds, so that the whole story can be compared. */
const ENTRIES = 120;
const GIVE_UP_MS = 3_000;

const LARGE = randomBytes(14_900).toString("base64");

type Answer = { status: number; body: { entry?: { id: string; revision: number } } };

/** Publishes, revises and retracts through whichever node it is given, and keeps the ledger. */
export class Editor {
  readonly #story: string;
  readonly #random: () => number;
  readonly #ledger: Ledger;
  readonly #nodes: () => string[];
  #working: Promise<void> | null = null;
  #stopped = false;
  #count = 0;
  /** An entry that the others leave alone. */
  #large: string | null = null;
  /** Gone with a history that was lost. */
  readonly #gone = new Set<string>();

  /** @param nodes URLs of nodes that may be asked. */
  constructor(story: string, random: () => number, ledger: Ledger, nodes: () => string[]) {
    this.#story = story;
    this.#random = random;
    this.#ledger = ledger;
    this.#nodes = nodes;
  }

  start(): void {
    this.#working = this.#work();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#working;
  }

  /** Resolves after that many more commands were acknowledged. */
  acknowledges(more: number): Promise<void> {
    return this.#until(() => this.#ledger.acknowledged, more);
  }

  /** Resolves after that many more commands failed. */
  fails(more: number): Promise<void> {
    return this.#until(() => this.#ledger.refused, more);
  }

  /** One entry, revised again and again, each time as long as may be, until it is enough. */
  async reviseLarge(isEnough: () => Promise<boolean>): Promise<void> {
    await this.#publish("change-0");
    const [id = ""] = [...this.#ledger.entries].find(([, { text }]) => text === "change-0") ?? [];
    this.#large = id;
    for (let n = 0; !(await isEnough()); n += 1) await this.#revise(id, "change-0", `${LARGE}${n}`);
  }

  async #until(count: () => number, more: number): Promise<void> {
    const wanted = count() + more;
    while (count() < wanted) await pause(10);
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      await this.#command();
      await pause(PACE_MS);
    }
  }

  async #command(): Promise<void> {
    const { entries, retracted } = this.#ledger;
    const there = [...entries.keys()].filter((id) => !retracted.has(id) && id !== this.#large && !this.#gone.has(id));
    const id = there[Math.floor(this.#random() * there.length)];
    const dice = this.#random();
    this.#count += 1;
    const text = `change-${this.#count}`;
    if (id === undefined || (dice < 0.6 && there.length < ENTRIES)) await this.#publish(text);
    else if (dice < 0.85) await this.#revise(id, text);
    else await this.#retract(id);
  }

  /** With the same key again until it is known what came of it; sometimes it is left open. */
  async #publish(text: string): Promise<void> {
    this.#ledger.publishing(text);
    const key = randomUUID();
    const patient = this.#random() < 0.7;
    for (let attempt = 0; attempt === 0 || (patient && !this.#stopped); attempt += 1) {
      const answer = await this.#ask("POST", "/entries", { markdown: `${text} .` }, { "Idempotency-Key": key });
      if (answer?.body.entry) return this.#ledger.published(text, answer.body.entry.id);
      await pause(PACE_MS);
    }
  }

  async #revise(id: string, text: string, more = "."): Promise<void> {
    this.#ledger.revising(id);
    const answer = await this.#ask("PATCH", `/entries/${id}`, { markdown: `${text} ${more}` });
    if (answer?.body.entry) this.#ledger.revised(id, answer.body.entry.revision, text);
  }

  async #retract(id: string): Promise<void> {
    this.#ledger.retracting(id);
    if (await this.#ask("DELETE", `/entries/${id}`)) this.#ledger.retraction(id);
  }

  /** @returns null when it failed, or nobody knows. */
  async #ask(method: string, path: string, body?: object, headers: object = {}): Promise<Answer | null> {
    const nodes = this.#nodes();
    const node = nodes[Math.floor(this.#random() * nodes.length)];
    try {
      const response = await fetch(`${node}/api/v1/stories/${this.#story}${path}`, {
        method,
        headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json", ...headers },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(GIVE_UP_MS),
      });
      const answer = { status: response.status, body: await response.json() } as Answer;
      if (response.ok) return answer;
      const [, id] = /^\/entries\/(.+)$/.exec(path) ?? [];
      if (response.status === 404 && id) this.#gone.add(id);
    } catch {
      // The node is away, or does not answer.
    }
    this.#ledger.refused += 1;
    return null;
  }
}
