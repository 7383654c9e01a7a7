import { compareEntries, type EntryKey, formatCursor, parseCursor } from "../protocol/entry-order.ts";
import type { JoinReply } from "../protocol/events.ts";
import { PAGE_LIMIT_MAX } from "../protocol/limits.ts";
import { apiStoryUrl } from "../protocol/links.ts";
import type { Snapshot } from "../protocol/shapes.ts";
import type { Timeline } from "../protocol/timeline.ts";
import { backoffMs, DEPTH_BUDGET_MS, DEPTH_PAGES_MAX, DEPTH_TRIES } from "./connection-limits.ts";
import type { Get } from "./connection-look.ts";
import { toCaughtUp } from "./connection-messages.ts";

export type SnapshotReply = Extract<JoinReply, { mode: "snapshot" }>;
export type Pages = {
  get: Get;
  random(): number;
  /** Calls once after so many milliseconds; returns the undo. */
  after(ms: number, run: () => void): () => void;
  /** Origin of the service. */
  origin: string;
  story: string;
};

/**
 * A snapshot holds the newest entries only. When it ends above those that the reader has in front of them, they would
 * lose their place.
 */
export function isTooShallow(reply: JoinReply, held: Timeline | null): reply is SnapshotReply {
  const lowest = held && endOf(held);
  return reply.ok && reply.mode === "snapshot" && lowest != null && endsAbove(lowest, reply.snapshot);
}

/** Where a reader's window ends, be it with an entry that is there no longer; of a whole story, with its last. */
function endOf({ merging, entries }: Timeline): EntryKey | undefined {
  return merging.floor ?? entries.at(-1);
}

/**
 * Reads the pages below a snapshot as far down as the reader's window went.
 *
 * @returns the snapshot as far down as it could be read: better a shorter page than one that is not live.
 */
export async function deepen(pages: Pages, reply: SnapshotReply, held: Timeline): Promise<SnapshotReply> {
  const lowest = endOf(held);
  let notLate = () => {};
  const late = new Promise<null>((resolve) => {
    notLate = pages.after(DEPTH_BUDGET_MS, () => resolve(null));
  });
  let { snapshot } = reply;
  for (let read = 0; read < DEPTH_PAGES_MAX && lowest && endsAbove(lowest, snapshot); read += 1) {
    const page = await Promise.race([readBelow(pages, reply, snapshot), late]);
    if (!page) break;
    snapshot = append(snapshot, page, lowest);
  }
  notLate();
  return { ...reply, snapshot };
}

function endsAbove(key: EntryKey, { older }: Snapshot): boolean {
  const end = older === null ? null : parseCursor(older);
  return end !== null && compareEntries(end, key) < 0;
}

/**
 * A page that is younger than the snapshot needs no more than this: what was published since comes as a change, and all
 * else is merged by its seq. An older one, of a cache or of a node that lags behind, might show what was withdrawn.
 */
async function readBelow(pages: Pages, { epoch, snapshot: { seq } }: SnapshotReply, { older }: Snapshot) {
  const url = `${apiStoryUrl(pages.origin, pages.story)}?limit=${PAGE_LIMIT_MAX}&before=${older}`;
  for (let failures = 0; failures < DEPTH_TRIES; failures += 1) {
    const pauseMs = backoffMs(failures, pages.random());
    if (failures > 0) await new Promise<void>((resolve) => pages.after(pauseMs, resolve));
    const reply = await pages.get(url, {}).then(toPage, () => null);
    if (reply?.epoch === epoch && reply.snapshot.seq >= seq) return reply.snapshot;
  }
  return null;
}

async function toPage(answer: Response): Promise<SnapshotReply | null> {
  const reply = answer.ok ? toCaughtUp({ mode: "snapshot", snapshot: await answer.json() }) : null;
  return reply?.ok && reply.mode === "snapshot" ? reply : null;
}

function append(snapshot: Snapshot, page: Snapshot, lowest: EntryKey): Snapshot {
  const within = page.entries.filter((entry) => compareEntries(entry, lowest) <= 0);
  const entries = [...snapshot.entries, ...within.filter(({ firstSeq }) => firstSeq <= snapshot.seq)];
  // The reader's window ends where it ended: what the page shows below is left out again.
  const older = within.length < page.entries.length ? formatCursor(lowest) : page.older;
  return { ...snapshot, entries, older };
}
