/**
 * A point of a story's history. `epoch` names an unbroken run of the story's clock, `seq` the point, `tag` the very
 * commit that led there: two histories that went aside of each other may share a seq, never a tag.
 */
export type Position = { epoch: string; seq: number; tag: string };

/** `<epoch>.<seq>.<tag>`: opaque to clients, which keep it and hand it back unchanged. */
export const POSITION = /^([A-Za-z0-9_-]{1,32})\.([1-9]\d{0,15})\.([A-Za-z0-9_-]{1,32})$/;

export function formatPosition({ epoch, seq, tag }: Position): string {
  return `${epoch}.${seq}.${tag}`;
}

/** @returns the position, or null when `text` was never handed out by any node. */
export function parsePosition(text: string): Position | null {
  const [, epoch, digits, tag] = POSITION.exec(text) ?? [];
  const seq = Number(digits);
  return epoch && tag && Number.isSafeInteger(seq) ? { epoch, seq, tag } : null;
}

/** What a store or a feed knows of a story's history: its head, and the tags of the last commits by their seq. */
export interface History {
  readonly head: Position;
  tagAt(seq: number): string | undefined;
}

/** Whether a reader at `position` can be brought to the head by changes alone; otherwise it needs a snapshot. */
export function canResume(position: Position, history: History): boolean {
  const { head } = history;
  if (position.epoch !== head.epoch || position.seq > head.seq) return false;
  return history.tagAt(position.seq) === position.tag;
}
