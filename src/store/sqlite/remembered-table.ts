import type { Position } from "../../protocol/position.ts";
import type { Remembered } from "../timeline-store.ts";
import { type Database, prepare } from "./statement.ts";

type Scope = { slug: string; holder: string; key: string };

/** How long, as a share of the window, what has expired may lie there until it is dropped together. */
const FORGOTTEN_LATE = 0.001;

/** What was answered under idempotency keys, each good for `windowMs`. [S5] */
export function rememberedTable(db: Database, windowMs: number) {
  let forgotUntilMs = 0;
  const find = prepare<Scope & { sinceMs: number }, Position & { bodyHash: string; ids: string }>(
    db,
    `SELECT body_hash AS bodyHash, ids, epoch, seq, tag FROM remembered
     WHERE slug = :slug AND holder = :holder AND key = :key AND at_ms > :sinceMs`,
  );
  const save = prepare<Scope & Position & { bodyHash: string; ids: string; atMs: number }>(
    db,
    `INSERT OR REPLACE INTO remembered (slug, holder, key, body_hash, ids, epoch, seq, tag, at_ms)
     VALUES (:slug, :holder, :key, :bodyHash, :ids, :epoch, :seq, :tag, :atMs)`,
  );
  const forget = prepare<{ untilMs: number }>(db, "DELETE FROM remembered WHERE at_ms <= :untilMs");

  return {
    find(scope: Scope, nowMs: number): Remembered | null {
      const row = find.first({ ...scope, sinceMs: nowMs - windowMs });
      if (!row) return null;
      const { bodyHash, ids, ...head } = row;
      return { bodyHash, ids: JSON.parse(ids) as string[], head };
    },

    /** Forgets what has expired while it is at it. */
    save(scope: Scope, { bodyHash, ids, head }: Remembered, nowMs: number): void {
      const untilMs = nowMs - windowMs;
      if (untilMs - forgotUntilMs >= windowMs * FORGOTTEN_LATE) {
        forget.run({ untilMs });
        forgotUntilMs = untilMs;
      }
      save.run({ ...scope, ...head, bodyHash, ids: JSON.stringify(ids), atMs: nowMs });
    },
  };
}
