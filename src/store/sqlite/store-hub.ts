import type { Tallies } from "../tallies.ts";
import type { Link } from "./link.ts";
import type { Announced, FromStore, News, StoreLink, ToStore } from "./messages.ts";

/** The way back to one of those who share the store. */
export type MemberLink = Link<FromStore, ToStore>;

/**
 * @property waiting the number that it gave to each call that is not answered yet, by the hub's own.
 * @property closing it asks nothing more, and goes when all is answered.
 */
type Member = { link: MemberLink; waiting: Map<number, number>; closing: boolean };
type Call = Extract<ToStore, { kind: "call" }>;
type TallyCall = Call & { method: keyof Tallies };

/**
 * Lets several processes share the thread of one store, which takes them for one. Each member is told of every commit,
 * in the order of commits and before the answer to it; answers and probes go back to who asked.
 */
export class StoreHub {
  readonly #store: StoreLink;
  readonly #tallies: Tallies;
  readonly #members = new Set<Member>();
  readonly #askedBy = new Map<number, Member>();
  readonly #ended: Promise<void>;
  #lastId = 0;
  #hasEnded = false;

  constructor(store: StoreLink, tallies: Tallies) {
    this.#store = store;
    this.#tallies = tallies;
    store.onMessage((message) => {
      if (message.kind === "news") this.#handOn(message);
    });
    this.#ended = new Promise((resolve) => {
      store.onEnd(() => {
        this.#hasEnded = true;
        for (const member of this.#members) this.#dismiss(member);
        resolve();
      });
    });
  }

  /** From now on it hears of every commit. A member whose link ends is forgotten, with what it waited for. */
  join(link: MemberLink): void {
    if (this.#hasEnded) {
      link.post({ kind: "closed" });
      return;
    }
    const member: Member = { link, waiting: new Map(), closing: false };
    this.#members.add(member);
    link.onMessage((message) => this.#take(member, message));
    link.onEnd(() => this.#forget(member));
  }

  /** Waits for what is under way. Safe to call twice. */
  async close(): Promise<void> {
    if (!this.#hasEnded) this.#store.post({ kind: "close" });
    await this.#ended;
  }

  #take(member: Member, message: ToStore): void {
    // Has been told so, or is about to be.
    if (!this.#members.has(member)) return;
    if (message.kind === "close") {
      member.closing = true;
      this.#dismissIfDone(member);
    } else this.#ask(member, message);
  }

  #ask(member: Member, message: Exclude<ToStore, { kind: "close" }>): void {
    const id = ++this.#lastId;
    this.#askedBy.set(id, member);
    member.waiting.set(id, message.id);
    if (message.kind === "call" && isTally(message)) void this.#count({ ...message, id });
    else this.#store.post({ ...message, id });
  }

  async #count({ id, method, args }: TallyCall): Promise<void> {
    const count = this.#tallies[method] as (...given: unknown[]) => Promise<unknown>;
    this.#handOn({ kind: "news", announced: [], answers: [{ id, ok: true, value: await count(...args) }] });
  }

  #handOn({ announced, answers }: News): void {
    const asked = [...announced.filter((it) => it.kind === "probe"), ...answers];
    const askers = new Set(asked.flatMap(({ id }) => this.#askedBy.get(id) ?? []));
    const isForAll = announced.some(({ kind }) => kind === "announcement");
    for (const member of isForAll ? this.#members : askers) {
      member.link.post({
        kind: "news",
        announced: announced.flatMap((it): Announced[] => (it.kind === "probe" ? ownOf(member, it) : [it])),
        answers: answers.flatMap((answer) => ownOf(member, answer)),
      });
    }
    for (const { id } of asked) this.#settle(id);
  }

  #settle(id: number): void {
    const member = this.#askedBy.get(id);
    this.#askedBy.delete(id);
    if (!member) return;
    member.waiting.delete(id);
    this.#dismissIfDone(member);
  }

  #dismissIfDone(member: Member): void {
    if (member.closing && member.waiting.size === 0) this.#dismiss(member);
  }

  #dismiss(member: Member): void {
    this.#forget(member);
    member.link.post({ kind: "closed" });
  }

  #forget(member: Member): void {
    this.#members.delete(member);
    for (const id of member.waiting.keys()) this.#askedBy.delete(id);
  }
}

function isTally(call: Call): call is TallyCall {
  return call.method === "share" || call.method === "count";
}

/** As its asker numbered it; nothing for the others. */
function ownOf<T extends { id: number }>({ waiting }: Member, numbered: T): T[] {
  const id = waiting.get(numbered.id);
  return id === undefined ? [] : [{ ...numbered, id }];
}
