import type { Worker } from "node:worker_threads";
import type { Announcement, AnnouncementListener } from "../announcements.ts";
import { tellEach } from "../listeners.ts";
import { StoreUnavailable } from "../timeline-store.ts";
import type { Answer, Arguments, FromWorker, MethodName, Result, ToWorker } from "./messages.ts";

type Outstanding = { resolve(value: unknown): void; reject(error: StoreUnavailable): void };
type Subscription = { listener: AnnouncementListener };

/** This side of the messages: who waits for which answer, and who listens to which story. */
export class Connection {
  readonly #worker: Worker;
  readonly #outstanding = new Map<number, Outstanding>();
  readonly #subscriptions = new Map<string, Set<Subscription>>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  /** Makes the error of whatever is asked from now on. */
  #refusal: (() => StoreUnavailable) | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    let cause: unknown;
    worker.on("message", (message: FromWorker) => this.#receive(message));
    worker.on("error", (error) => {
      cause = error;
    });
    this.#exited = new Promise((resolve) => {
      worker.on("exit", () => {
        this.#stop(cause);
        resolve();
      });
    });
  }

  /** @throws StoreUnavailable */
  call<M extends MethodName>(method: M, ...args: Arguments<M>): Promise<Result<M>> {
    return this.#ask((id) => ({ kind: "call", id, method, args })) as Promise<Result<M>>;
  }

  /** Resolves when it has come back on the path of the announcements. */
  async probe(): Promise<void> {
    await this.#ask((id) => ({ kind: "probe", id }));
  }

  /** In force at once: the announcement of every commit passes through here. @returns its undo. */
  async subscribe(slug: string, listener: AnnouncementListener): Promise<() => void> {
    if (this.#refusal) throw this.#refusal();
    const subscriptions = this.#subscriptions.get(slug) ?? new Set();
    this.#subscriptions.set(slug, subscriptions);
    const subscription = { listener };
    subscriptions.add(subscription);
    return () => {
      subscriptions.delete(subscription);
      if (subscriptions.size === 0 && this.#subscriptions.get(slug) === subscriptions) this.#subscriptions.delete(slug);
    };
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    if (!this.#refusal) {
      this.#refusal = () => new StoreUnavailable("The store is closed.");
      this.#post({ kind: "close" });
    }
    await this.#exited;
  }

  async #ask(message: (id: number) => ToWorker): Promise<unknown> {
    if (this.#refusal) throw this.#refusal();
    const id = ++this.#lastId;
    this.#post(message(id));
    return new Promise((resolve, reject) => this.#outstanding.set(id, { resolve, reject }));
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (message.kind !== "news") return;
    for (const announced of message.announced) {
      if (announced.kind === "probe") this.#settle({ id: announced.id, ok: true, value: undefined });
      else this.#announce(announced.slug, announced.announcement);
    }
    for (const answer of message.answers) this.#settle(answer);
  }

  #announce(slug: string, announcement: Announcement): void {
    tellEach(this.#subscriptions.get(slug) ?? [], ({ listener }) => listener.announced(announcement));
  }

  #settle(answer: Answer): void {
    const outstanding = this.#outstanding.get(answer.id);
    this.#outstanding.delete(answer.id);
    if (answer.ok) outstanding?.resolve(answer.value);
    else outstanding?.reject(new StoreUnavailable(answer.reason, { cause: answer.cause }));
  }

  #stop(cause: unknown): void {
    const stopped = () =>
      new StoreUnavailable("The store has stopped. What was under way may or may not have happened.", { cause });
    this.#refusal ??= stopped;
    for (const { reject } of this.#outstanding.values()) reject(stopped());
    this.#outstanding.clear();
  }
}
