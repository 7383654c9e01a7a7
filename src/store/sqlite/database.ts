import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "libsql";
import { migrate } from "./schema.ts";
import type { Database } from "./statement.ts";

export const IN_MEMORY = ":memory:";

/** How long to wait for another process that writes to the same file, such as the command line. */
const BUSY_TIMEOUT_MS = 2_000;

/**
 * Of the write-ahead log, before it is moved into the database: 16 MiB. Most of its pages are the same few, written again
 * with every commit, and moved once for all of them; what is paid for it is only the time to open it after a crash.
 */
const CHECKPOINT_PAGES = 4_000;

/** @throws with a message for the operator. */
export function openDatabase(file: string): Database {
  if (file !== IN_MEMORY) mkdirSync(dirname(file), { recursive: true });
  const db = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
  db.pragma("secure_delete = ON");
  db.pragma("foreign_keys = ON");
  // What savepoints would have to take back must not lie in temporary files. [S6]
  db.pragma("temp_store = MEMORY");
  migrate(db);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  return db;
}

/**
 * Keeps a second server away from the file: its in-process announcements would not reach the readers of the first.
 * Held by an open transaction on a file beside it, so that the system lets go of it however the process ends.
 *
 * @returns its release.
 */
export function lockForServer(file: string): () => void {
  if (file === IN_MEMORY) return () => {};
  mkdirSync(dirname(file), { recursive: true });
  const lock = new Sqlite(`${file}.lock`, { timeout: 0 });
  try {
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new Error(
      "Another server is running on it. Stop that one first, give this one a data directory of its own, " +
        "or use Redis to run several servers on the same stories.",
    );
  }
  return () => {
    lock.exec("ROLLBACK");
    lock.close();
  };
}

/**
 * Moves the write-ahead log into the database and leaves it empty, so that no superseded text is left in it. [S6]
 *
 * @returns false when another process keeps the log in use.
 */
export function truncateLog(db: Database): boolean {
  db.pragma("busy_timeout = 0");
  try {
    const [row] = db.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
    return row?.busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
}
