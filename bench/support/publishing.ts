import { type Heard, nowMs, type Publication } from "../readers/reader-orders.ts";
import type { Readers } from "../readers/readers.ts";
import type { Server } from "../subjects/subject.ts";

/** Publishes, and remembers when. */
export class Editor {
  readonly #server: Server;
  #published: Publication[] = [];

  constructor(server: Server) {
    this.#server = server;
  }

  async publish(story: string, bytes: number): Promise<void> {
    const at = nowMs();
    this.#published.push({ story, seq: await this.#server.publish(story, bytes), at });
  }

  /** Waits until all readers have it all. @throws saying how many have not. */
  async delivered(readers: Readers, stories: readonly string[]): Promise<void> {
    const heads = Object.fromEntries(stories.map((story) => [story, this.#server.headOf(story)]));
    const behind = await readers.reach(heads);
    if (behind > 0) throw new Error(`${behind.toLocaleString("en")} readers never got the latest update.`);
  }

  /** What follows is measured. */
  async listen(readers: Readers): Promise<void> {
    this.#published = [];
    await readers.listen();
  }

  /** @throws unless each reader got each change exactly once, in order. */
  async heard(readers: Readers): Promise<Heard> {
    const heard = await readers.collect(this.#published);
    const { lost, repeated } = heard;
    if (lost + repeated > 0) {
      throw new Error(
        `readers lost ${lost.toLocaleString("en")} changes and got ${repeated.toLocaleString("en")} twice.`,
      );
    }
    return heard;
  }
}
