import type { EntryKey } from "../protocol/entry-order.ts";

/** A time in which the reader did not look at the page. Milliseconds since 1970, of the reader's clock alone. */
export type Absence = {
  readonly since: number;
  /** Null while it lasts. */
  readonly until: number | null;
  /** The newest entry of then. */
  readonly top: EntryKey | null;
  /** What was first published after `fromSeq` and up to `seq` came meanwhile. */
  readonly fromSeq: number;
  readonly seq: number;
  /** The one before, which is told of again if this one is too short to speak of. */
  readonly before: Absence | null;
};

/** Who looks away for less has not lost the thread. */
export const ABSENCE_MIN_MS = 60_000;
/** On return a page may have to find out first that its connection is gone. What it catches up with by then was missed. */
const RETURN_MS = 60_000;

export function leave(last: Absence | null, top: EntryKey | null, seq: number, now: number): Absence {
  return { since: now, until: null, top, fromSeq: seq, seq, before: last && { ...last, before: null } };
}

/** @returns what is to be told of; null when there was none, or it was too short. */
export function comeBack(absence: Absence | null, seq: number, now: number): Absence | null {
  const isLong = absence !== null && now - absence.since >= ABSENCE_MIN_MS;
  return isLong ? { ...absence, until: now, seq, before: null } : (absence?.before ?? null);
}

export function catchUp(absence: Absence | null, seq: number, now: number): Absence | null {
  if (!absence || absence.until === null || now - absence.until > RETURN_MS) return absence;
  return { ...absence, seq };
}
