import { setTimeout as pause } from "node:timers/promises";
import type { JoinRequest } from "../../src/protocol/events.ts";
import { repeat, timed } from "../support/statistics.ts";
import { Arrivals } from "./arrivals.ts";
import { dialects } from "./dialects.ts";
import { RawReader, type ReaderOptions, Refused } from "./raw-reader.ts";
import type { Entered, Entrance, Heard, Publication } from "./reader-orders.ts";
import { StoryTape } from "./story-tape.ts";

/** One address of the loopback has so many ports for connections to the same server, with some to spare. */
const READERS_PER_ADDRESS = 20_000;
const REFUSALS_MAX = 20;

/** The kernel finds a port quickest where no address is named. */
function addressOf(index: number): { localAddress?: string } {
  const address = Math.floor(index / READERS_PER_ADDRESS);
  return address === 0 ? {} : { localAddress: `127.0.0.${1 + address}` };
}

/** All readers of a process. */
export class Audience {
  readonly #readers: RawReader[] = [];
  readonly #tapes = new Map<string, StoryTape>();
  readonly #arrivals = new Arrivals();
  #behind = 0;
  #onWhole: () => void = () => {};
  #failure: Error | null = null;

  /** @throws when a reader has gone that should have stayed. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  async enter({ stories, readersEach, atOnce, join, dialect, ...rest }: Entrance): Promise<Entered> {
    const tapes = stories.map((story) => this.#tapeOf(story));
    let refusals = 0;
    await timed(stories.length * readersEach, atOnce, async (index) => {
      const tape = tapes[index % tapes.length];
      if (!tape) return;
      const own = { tape, dialect: dialects[dialect], join: { ...join, story: tape.story } };
      refusals += await this.#enterOne({ ...rest, ...own, ...addressOf(this.#readers.length) });
    });
    return { refusals };
  }

  async rejoin(times: number, join: JoinRequest): Promise<void> {
    await Promise.all(this.#readers.map((reader) => repeat(times, () => reader.join(join))));
  }

  listen(): void {
    this.#arrivals.clear();
  }

  /** @returns how many readers have not got there when nothing has arrived for so long. */
  async reach(heads: Record<string, number>, silenceMs: number): Promise<number> {
    this.#behind = 0;
    for (const tape of this.#tapes.values()) {
      tape.target = heads[tape.story] ?? 0;
      tape.behind = 0;
    }
    for (const { tape, seq } of this.#readers) {
      if (seq >= tape.target) continue;
      tape.behind += 1;
      this.#behind += 1;
    }
    if (this.#behind > 0) await this.#wholeOrSilent(silenceMs);
    for (const { tape, seq } of this.#readers) this.#arrivals.addLost(Math.max(0, tape.target - seq));
    return this.#behind;
  }

  collect(publications: readonly Publication[]): Heard {
    return this.#arrivals.summary(publications);
  }

  leave(): void {
    for (const reader of this.#readers.splice(0)) reader.close();
    this.#tapes.clear();
  }

  #tapeOf(story: string): StoryTape {
    const tape = this.#tapes.get(story) ?? new StoryTape(story);
    this.#tapes.set(story, tape);
    return tape;
  }

  /** @returns how often it was refused before. */
  async #enterOne(options: ReaderOptions): Promise<number> {
    for (let refusals = 0; ; refusals += 1) {
      try {
        this.#readers.push(await RawReader.enter(options, this.#observer));
        return refusals;
      } catch (error) {
        if (!(error instanceof Refused) || refusals === REFUSALS_MAX) throw error;
        await pause(error.retryAfterMs);
      }
    }
  }

  readonly #observer = {
    onBytes: (count: number) => this.#arrivals.addBytes(count),
    onRange: (tape: StoryTape, seq: number, from: number, to: number) => {
      this.#arrivals.note(tape, seq, from, to);
      if (seq >= tape.target || to < tape.target) return;
      tape.behind -= 1;
      this.#behind -= 1;
      if (this.#behind === 0) this.#onWhole();
    },
    onFailed: (error: Error) => {
      this.#failure ??= error;
      this.#onWhole();
    },
  };

  async #wholeOrSilent(silenceMs: number): Promise<void> {
    let heard = -1;
    await new Promise<void>((resolve) => {
      const watch = setInterval(() => {
        if (heard === this.#arrivals.count) resolve();
        heard = this.#arrivals.count;
      }, silenceMs);
      this.#onWhole = () => {
        clearInterval(watch);
        resolve();
      };
    });
    this.#onWhole = () => {};
  }
}
