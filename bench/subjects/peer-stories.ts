import { prose } from "../support/prose.ts";

/**
 * The editor of a peer. Peers have no clock of their own, so updates are numbered here, and each is sent when the one
 * before it was answered: otherwise they could overtake each other.
 */
export class PeerStories {
  readonly #port: number;
  readonly #heads = new Map<string, number>();
  #published = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(port: number) {
    this.#port = port;
  }

  async create(story: string): Promise<void> {
    this.#heads.set(story, 0);
  }

  headOf(story: string): number {
    return this.#heads.get(story) ?? 0;
  }

  async publish(story: string, bytes: number): Promise<number> {
    const seq = this.headOf(story) + 1;
    this.#heads.set(story, seq);
    this.#published += 1;
    const update = updateOf(seq, bytes, this.#published);
    this.#last = this.#last.then(() => this.#send(story, update));
    await this.#last;
    return seq;
  }

  async #send(story: string, body: string): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/stories/${story}`, { method: "POST", body });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`An update was answered ${answer.status}.`);
  }
}

/** Of so many bytes. */
function updateOf(seq: number, bytes: number, seed: number): string {
  const at = new Date().toISOString();
  const besides = JSON.stringify({ seq, at, text: "" }).length;
  return JSON.stringify({ seq, at, text: prose(bytes - besides, seed) });
}
