import { StoreUnavailable } from "../timeline-store.ts";
import type { Written } from "./committer.ts";
import { truncateLog } from "./database.ts";
import { createEngine } from "./engine.ts";
import { Erasures } from "./erasures.ts";
import { commitTogether } from "./group-commit.ts";
import type { Announced, Answer, FromStore, ThreadOptions, ToStore } from "./messages.ts";
import type { Database } from "./statement.ts";

type Call = Extract<ToStore, { kind: "call" }>;

const NOT_DONE = "The store could not do this. Try again; if it stays so, its disk may be full or failing.";
const NOT_ERASED =
  "It is withdrawn, but still in the store's files, which another program is using. Repeat the request to be sure.";

/** The store's side of the messages. Reads are answered as they come; writes wait for the next group commit. */
export class StoreThread {
  readonly #db: Database;
  readonly #tell: (message: FromStore) => void;
  // By name, as calls arrive; that names and arguments fit is checked where the calls are made.
  readonly #reads: Map<string, (...args: unknown[]) => unknown>;
  readonly #writes: Map<string, (...args: unknown[]) => Written<unknown>>;
  readonly #erasures: Erasures;
  #waiting: Call[] = [];

  constructor(db: Database, options: ThreadOptions, tell: (message: FromStore) => void) {
    this.#db = db;
    this.#tell = tell;
    const { reads, writes } = createEngine(db, options);
    this.#reads = new Map(Object.entries(reads)) as Map<string, (...args: unknown[]) => unknown>;
    this.#writes = new Map(Object.entries(writes)) as Map<string, (...args: unknown[]) => Written<unknown>>;
    this.#erasures = new Erasures(() => truncateLog(db));
    this.#erasures.attempt();
  }

  take(call: Call): void {
    if (this.#writes.has(call.method)) this.#waiting.push(call);
    else this.#report([], [this.#read(call)]);
  }

  probe(id: number): void {
    this.#report([{ kind: "probe", id }], []);
  }

  writeWaiting(): void {
    const calls = this.#waiting;
    if (calls.length === 0) return;
    this.#waiting = [];
    const announced: Announced[] = [];
    const answers: Answer[] = [];
    for (const outcome of commitTogether(this.#db, calls, (call) => this.#write(call))) {
      const { id } = outcome.call;
      if ("failed" in outcome) {
        answers.push(refusal(id, outcome.failed));
        continue;
      }
      const { value, announced: news, erases } = outcome.done;
      if (news) announced.push({ kind: "announcement", ...news });
      const answer: Answer = { id, ok: true, value };
      if (erases) this.#answerWhenErased(answer);
      else answers.push(answer);
    }
    this.#report(announced, answers);
    this.#erasures.attempt();
  }

  close(): void {
    this.writeWaiting();
    this.#erasures.close();
    this.#db.close();
  }

  #read({ id, method, args }: Call): Answer {
    try {
      // One transaction: what several statements read is of the same moment.
      const read = this.#db.transaction(() => this.#reads.get(method)?.(...args));
      return { id, ok: true, value: read() };
    } catch (error) {
      return refusal(id, error);
    }
  }

  #write({ method, args }: Call): Written<unknown> {
    const write = this.#writes.get(method);
    if (!write) throw new Error(`There is no write called ${method}.`);
    return write(...args);
  }

  #answerWhenErased(answer: Answer): void {
    this.#erasures.owe((erased) =>
      this.#report([], [erased ? answer : { id: answer.id, ok: false, reason: NOT_ERASED }]),
    );
  }

  #report(announced: Announced[], answers: Answer[]): void {
    this.#tell({ kind: "news", announced, answers });
  }
}

function refusal(id: number, error: unknown): Answer {
  if (error instanceof StoreUnavailable) return { id, ok: false, reason: error.message };
  return { id, ok: false, reason: NOT_DONE, cause: error instanceof Error ? error.message : String(error) };
}
