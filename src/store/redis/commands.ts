import { Cluster } from "ioredis";
import { StoreUnavailable } from "../timeline-store.ts";
import type { Client } from "./clients.ts";
import type { Script } from "./scripts.ts";

/** Whoever asks is answered within a second, also when Redis is not. */
const ANSWER_TIMEOUT_MS = 900;
/** A commit that Redis takes up later does nothing; the rest of the time is for its answer. */
export const COMMIT_WITHIN_MS = 750;
/** A whole story at once takes its time, and its scripts hold up everything else: for command lines, not for readers. */
const ARCHIVE_TIMEOUT_MS = 60_000;
/** How much of that replicas have to confirm a commit. */
const REPLICAS_TIMEOUT_MS = 500;

const DOWN = "The store does not answer. Try again; if it stays so, look at Redis.";
const FULL = "The store has no memory left. Nothing was done. Give Redis more memory, or remove stories.";
const FAILED = "The store could not do this. Try again; if it stays so, look at the log of Redis.";
const UNCONFIRMED =
  "It is done, but too few replicas have confirmed it, so that it may still be lost. Repeat it to be sure.";

/** The connection on which commands are given, each bounded in time, and none after the end. */
export class Commands {
  readonly client: Client;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #minReplicas: number;
  #closed = false;

  constructor(client: Client, minReplicas: number) {
    this.client = client;
    this.#minReplicas = minReplicas;
  }

  get waitsForReplicas(): boolean {
    return this.#minReplicas > 0;
  }

  /** @throws StoreUnavailable */
  async ask<T>(send: (client: Client) => Promise<T>, withinMs = ANSWER_TIMEOUT_MS): Promise<T> {
    if (this.#closed) throw new StoreUnavailable("The store is closed.");
    const answer = answered(send(this.client), withinMs);
    this.#underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.#underWay.delete(answer);
    }
  }

  /** @throws StoreUnavailable */
  run<T>(script: Script, keys: string[], args: (string | number)[]): Promise<T> {
    return this.ask((client) => runScript(client, script, keys, args)) as Promise<T>;
  }

  /** Of a whole story. @throws StoreUnavailable */
  runArchive<T>(script: Script, keys: string[], args: (string | number)[]): Promise<T> {
    return this.ask((client) => runScript(client, script, keys, args), ARCHIVE_TIMEOUT_MS) as Promise<T>;
  }

  /**
   * Waits until the replicas have everything that was written where `key` is. @throws StoreUnavailable
   */
  async confirm(key: string): Promise<void> {
    if (!this.waitsForReplicas) return;
    const replies = await this.ask((client) =>
      client
        .pipeline()
        // WAIT looks at what this connection has written, which may be nothing.
        .hset(key, "confirmed", "1")
        .call("WAIT", this.#minReplicas, REPLICAS_TIMEOUT_MS)
        .exec(),
    );
    const [failed, confirmed] = replies?.[1] ?? [null, 0];
    if (failed || Number(confirmed) < this.#minReplicas) throw new StoreUnavailable(UNCONFIRMED);
  }

  /** Takes nothing more from outside, and waits for what is under way. */
  async finish(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([...this.#underWay]);
  }

  close(): void {
    this.client.disconnect();
  }
}

async function runScript(client: Client, { text, sha1 }: Script, keys: string[], args: (string | number)[]) {
  try {
    return await client.evalsha(sha1, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
    return client.eval(text, keys.length, ...keys, ...args);
  }
}

/** @throws StoreUnavailable, also when there is no answer in time. */
export async function answered<T>(answer: Promise<T>, withinMs = ANSWER_TIMEOUT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new StoreUnavailable(DOWN)), withinMs);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    throw error instanceof StoreUnavailable ? error : unavailable(error);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(error: unknown): StoreUnavailable {
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith("OOM")) return new StoreUnavailable(FULL, { cause: error });
  const isReply = error instanceof Error && error.name === "ReplyError";
  return new StoreUnavailable(isReply && !isPassing(message) ? FAILED : DOWN, { cause: error });
}

/** What servers answer while they start, stop or change places. */
function isPassing(message: string): boolean {
  return /^(LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|UNBLOCKED|NOREPLICAS)/.test(message);
}

/** Every server that holds data: the one, or the masters of the cluster. */
export function mastersOf(client: Client) {
  return client instanceof Cluster ? client.nodes("master") : [client];
}
