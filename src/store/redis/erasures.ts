import { type Commands, mastersOf } from "./commands.ts";
import type { KeySpace } from "./key-space.ts";
import { scripts } from "./scripts.ts";

/** A rewrite costs Redis a copy of all its data: no more often than that, over all nodes. */
const REWRITE_EVERY_MS = 10 * 60_000;
const LOOK_EVERY_MS = 60_000;

/**
 * What was withdrawn is gone from the memory of Redis at once, and from its append-only files at their next rewrite.
 * That one is owed here, and asked for; what is owed outlives this node. [S6]
 */
export class Erasures {
  readonly #commands: Commands;
  readonly #keySpace: KeySpace;
  readonly #timer: NodeJS.Timeout;
  #settling: Promise<void> = Promise.resolve();
  #pending = false;
  /** Owed since Redis was last told so. */
  #untold = false;

  constructor(commands: Commands, keySpace: KeySpace) {
    this.#commands = commands;
    this.#keySpace = keySpace;
    this.#timer = setInterval(() => this.#next(() => this.#settle()), LOOK_EVERY_MS).unref();
  }

  /** Whether withdrawn text may still be in append-only files. */
  get pending(): boolean {
    return this.#pending;
  }

  owe(): void {
    this.#pending = true;
    this.#untold = true;
    this.#next(() => this.#settle());
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#settling;
  }

  #next(step: () => Promise<void>): void {
    // What fails is tried again at the next look.
    this.#settling = this.#settling.then(step).catch(() => {});
  }

  async #settle(): Promise<void> {
    if (this.#untold) await this.#commands.ask((client) => client.set(this.#key("owed"), "1"));
    this.#untold = false;
    const keys = [this.#key("owed"), this.#key("asked")];
    const claimed = await this.#commands.run<number>(scripts.claimRewrite, keys, [REWRITE_EVERY_MS]);
    if (claimed === 1) await this.#rewrite();
    this.#pending = (await this.#commands.ask((client) => client.exists(this.#key("owed")))) === 1;
  }

  async #rewrite(): Promise<void> {
    try {
      for (const master of mastersOf(this.#commands.client)) {
        // Without append-only files there is nothing to rewrite, and asking would make one.
        const persistence = await this.#commands.ask(() => master.info("persistence"));
        if (/^aof_enabled:1/m.test(persistence)) await this.#commands.ask(() => master.bgrewriteaof());
      }
    } catch (error) {
      this.#untold = true;
      throw error;
    }
  }

  #key(name: string): string {
    return this.#keySpace.of("erasures", name);
  }
}
