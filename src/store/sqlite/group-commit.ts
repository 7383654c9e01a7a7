import type { Written } from "./committer.ts";
import type { Database } from "./statement.ts";

export type Outcome<C> = { call: C; done: Written<unknown> } | { call: C; failed: unknown };

/**
 * Carries out what is waiting in one transaction, so that a storm of writes costs one wait for the disk. Each write
 * happens entirely or not at all; when the transaction cannot be committed, none of them has happened. [S1] [S3]
 */
export function commitTogether<C>(
  db: Database,
  calls: readonly C[],
  write: (call: C) => Written<unknown>,
): Outcome<C>[] {
  try {
    db.exec("BEGIN IMMEDIATE");
    const outcomes = calls.map((call) => attempt(db, call, write));
    db.exec("COMMIT");
    return outcomes;
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    return calls.map((call) => ({ call, failed: error }));
  }
}

function attempt<C>(db: Database, call: C, write: (call: C) => Written<unknown>): Outcome<C> {
  db.exec("SAVEPOINT write");
  try {
    const done = write(call);
    db.exec("RELEASE write");
    return { call, done };
  } catch (error) {
    // After some faults, such as a full disk, SQLite takes back the whole transaction by itself.
    if (!db.inTransaction) throw error;
    db.exec("ROLLBACK TO write");
    db.exec("RELEASE write");
    return { call, failed: error };
  }
}
