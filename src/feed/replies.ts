import type { CatchUp } from "../protocol/events.ts";
import { canResume, type Position } from "../protocol/position.ts";
import type { Timeline } from "../protocol/timeline.ts";
import type { CommitLog } from "./commit-log.ts";
import { replyTo } from "./reply.ts";

/** A herd that comes back from another node was on few positions; each reply may have 256 KiB. */
const KEPT = 16;

/** What readers are answered. While the story does not change, those who ask the same get the very same value. */
export class Replies {
  readonly #made = new Map<string, CatchUp>();

  /** The story has changed: nothing that was withdrawn may stay. [S6] */
  forget(): void {
    this.#made.clear();
  }

  reply(timeline: Timeline, log: CommitLog, position: Position | null, limit: number): CatchUp {
    const from = position && canResume(position, log) ? position.seq : "nothing";
    const key = `${from} ${limit}`;
    const made = this.#made.get(key);
    if (made) return made;
    const reply = replyTo(timeline, log, position, limit);
    if (this.#made.size < KEPT) this.#made.set(key, reply);
    return reply;
  }
}
