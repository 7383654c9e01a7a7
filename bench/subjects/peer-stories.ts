import { prose } from "../support/prose.ts";

/** The editors of peers, which have no clock of their own: updates are numbered here. */
export class PeerStories {
  readonly #port: number;
  readonly #heads = new Map<string, number>();
  #published = 0;

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
    const body = updateOf(seq, bytes, this.#published);
    const answer = await fetch(`http://127.0.0.1:${this.#port}/stories/${story}`, { method: "POST", body });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`An update was answered ${answer.status}.`);
    return seq;
  }
}

/** Of so many bytes. */
function updateOf(seq: number, bytes: number, seed: number): string {
  const at = new Date().toISOString();
  const besides = JSON.stringify({ seq, at, text: "" }).length;
  return JSON.stringify({ seq, at, text: prose(bytes - besides, seed) });
}
