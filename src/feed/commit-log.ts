import { RESUMABLE_COMMITS } from "../protocol/limits.ts";
import type { History, Position } from "../protocol/position.ts";

export type CommitTag = { seq: number; tag: string };

/** The head of a story and the tags of its last commits: enough to tell whether a position is of this history. */
export class CommitLog implements History {
  readonly #epoch: string;
  readonly #tags: Map<number, string>;
  #head: CommitTag;

  /** @param tags ascending, the head's last. */
  constructor(epoch: string, head: CommitTag, tags: readonly CommitTag[]) {
    this.#epoch = epoch;
    this.#head = head;
    this.#tags = new Map(tags.map(({ seq, tag }) => [seq, tag]));
  }

  get head(): Position {
    return { epoch: this.#epoch, ...this.#head };
  }

  /** The oldest seq from which a reader can still be brought to the head. */
  get oldestSeq(): number {
    const [oldest = this.#head.seq] = this.#tags.keys();
    return oldest;
  }

  tagAt(seq: number): string | undefined {
    return this.#tags.get(seq);
  }

  append(commit: CommitTag): void {
    this.#tags.set(commit.seq, commit.tag);
    this.#head = { seq: commit.seq, tag: commit.tag };
    // One more than the commits: a reader that lacks all of them stands where the first of them began.
    if (this.#tags.size > RESUMABLE_COMMITS + 1) this.#tags.delete(this.oldestSeq);
  }

  /** Whether this history has been at `position`; of one older than the tags kept, that is taken for granted. */
  hasPassed({ epoch, seq, tag }: Position): boolean {
    return epoch === this.#epoch && (this.tagAt(seq) === tag || seq < this.oldestSeq);
  }

  /**
   * Whether a history that was at `position` went back or aside to become this one, of the same epoch. A position
   * that is merely older than the tags kept is no sign of it. [S7]
   */
  wentAside({ epoch, seq, tag }: Position): boolean {
    if (epoch !== this.#epoch) return false;
    return seq > this.#head.seq || (seq >= this.oldestSeq && this.tagAt(seq) !== tag);
  }
}
