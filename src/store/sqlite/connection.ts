import type { Announcement, AnnouncementListener } from "../announcements.ts";
import { tellEach } from "../listeners.ts";
import { StoreUnavailable } from "../timeline-store.ts";
import type { Answer, Arguments, MethodName, News, Result, StoreLink, ToStore } from "./messages.ts";

type Outstanding = { resolve(value: unknown): void; reject(error: StoreUnavailable): void };
type Subscription = { listener: AnnouncementListener };

/** This side of the messages: who waits for which answer, and who listens to which story. */
export class Connection {
  readonly #link: StoreLink;
  readonly #outstanding = new Map<number, Outstanding>();
  readonly #subscriptions = new Map<string, Set<Subscription>>();
  readonly #ended: Promise<void>;
  #lastId = 0;
  /** Makes the error of whatever is asked from now on. */
  #refusal: (() => StoreUnavailable) | undefined;

  constructor(link: StoreLink) {
    this.#link = link;
    this.#ended = new Promise((resolve) => {
      const end = (cause?: unknown) => {
        this.#stop(cause);
        resolve();
      };
      link.onMessage((message) => {
        if (message.kind === "closed") end();
        else this.#receive(message);
      });
      link.onEnd(end);
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
      this.#link.post({ kind: "close" });
    }
    await this.#ended;
  }

  async #ask(message: (id: number) => ToStore): Promise<unknown> {
    if (this.#refusal) throw this.#refusal();
    const id = ++this.#lastId;
    this.#link.post(message(id));
    return new Promise((resolve, reject) => this.#outstanding.set(id, { resolve, reject }));
  }

  #receive({ announced: heard, answers }: News): void {
    for (const announced of heard) {
      if (announced.kind === "probe") this.#settle({ id: announced.id, ok: true, value: undefined });
      else this.#announce(announced.slug, announced.announcement);
    }
    for (const answer of answers) this.#settle(answer);
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
