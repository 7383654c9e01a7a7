import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { IDEMPOTENCY_WINDOW_MS, RESUMABLE_COMMITS } from "../../protocol/limits.ts";
import type { Opened, StoreLink, ThreadOptions } from "./messages.ts";

export type SqliteOptions = {
  /** Path of the database, made with its directory when there is none; `:memory:` for one that nobody else sees. */
  file: string;
  /**
   * Of each story, how many of the last commits a position may name and be resumed from.
   * @default 1000
   */
  keepCommits?: number | undefined;
  /**
   * How long an answer is remembered under its idempotency key.
   * @default 86400000, a day
   */
  idempotencyWindowMs?: number | undefined;
  /**
   * Refuses when another server has opened the same file so. The command line opens it without.
   * @default false
   */
  exclusive?: boolean | undefined;
};

/** Opens the file in a thread of its own. @throws {CannotOpenStore} */
export async function startStoreThread({
  file,
  keepCommits = RESUMABLE_COMMITS + 1,
  idempotencyWindowMs = IDEMPOTENCY_WINDOW_MS,
  exclusive = false,
}: SqliteOptions): Promise<StoreLink> {
  const workerData: ThreadOptions = { file, keepCommits, idempotencyWindowMs, exclusive };
  const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData, name: "store" });
  // A busy process may hear of both in one go, with no time in between to begin to listen.
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  const [opened] = (await once(worker, "message")) as [Opened];
  if (opened.kind === "refused") {
    await ended;
    throw new CannotOpenStore(file, opened.reason);
  }
  return linkToThread(worker);
}

export function linkToThread(worker: Worker): StoreLink {
  let fault: unknown;
  worker.on("error", (error) => {
    fault = error;
  });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on("message", listener),
    onEnd: (listener) => void worker.once("exit", () => listener(fault)),
  };
}

/** The message is for the operator: which file, what happened, what to do. */
export class CannotOpenStore extends Error {
  override name = "CannotOpenStore";

  constructor(file: string, reason: string) {
    super(`Cannot open the store ${file}. ${reason}`);
  }
}
