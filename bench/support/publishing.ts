import { type Heard, nowMs, type Publications } from "../readers/reader-orders.ts";
import type { Readers } from "../readers/readers.ts";
import type { Server } from "../subjects/subject.ts";

/** Publishes, and remembers when. */
export class Editor {
  readonly #server: Server;
  readonly #published = new Map<string, Publications>();

  constructor(server: Server) {
    this.#server = server;
  }

  async publish(story: string, bytes: number): Promise<void> {
    const at = nowMs();
    const seq = await this.#server.publish(story, bytes);
    const publications = this.#published.get(story) ?? { story, first: seq, at: [] };
    publications.at[seq - publications.first] = at;
    this.#published.set(story, publications);
  }

  /** Waits until all readers have it all. @throws naming who has not. */
  async delivered(readers: Readers, stories: Iterable<string>): Promise<void> {
    const heads = Object.fromEntries([...stories].map((story) => [story, this.#server.headOf(story)]));
    const behind = await readers.reach(heads);
    if (behind > 0) throw new Error(`${behind.toLocaleString("en")} readers never got the latest update.`);
  }

  /** @throws unless each reader got each change exactly once, in order. */
  async heard(readers: Readers): Promise<Heard> {
    const heard = await readers.collect([...this.#published.values()]);
    const { lost, repeated } = heard;
    if (lost + repeated > 0) {
      throw new Error(
        `readers lost ${lost.toLocaleString("en")} changes and got ${repeated.toLocaleString("en")} twice.`,
      );
    }
    return heard;
  }
}
