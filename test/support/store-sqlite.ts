import { spawnSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "libsql";
import { openSqliteStores } from "../../src/store/sqlite/open.ts";
import type { Stores } from "../../src/store/stores.ts";
import type { DurableHarness, EngineOptions, Harness, Hooks } from "../contract/harness.ts";

export async function temporaryDirectory(hooks: Hooks): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "dateline-store-"));
  hooks.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function openInMemory(hooks: Hooks, options: EngineOptions = {}): Promise<Harness> {
  const stores = await openSqliteStores({ file: ":memory:", ...options });
  hooks.after(() => stores.close());
  return { stores, peer: stores, heard: [stores] };
}

export type OnDisk = DurableHarness & { file: string };

/** A server's store, and the command line's as its peer, whose commits nobody hears of. */
export async function openOnDisk(hooks: Hooks, options: EngineOptions = {}): Promise<OnDisk> {
  const directory = await temporaryDirectory(hooks);
  const file = join(directory, "data", "dateline.db");
  const open = (exclusive: boolean) => openSqliteStores({ file, exclusive, ...options });
  const clients: Stores[] = [];
  const close = () => Promise.all(clients.splice(0).map((client) => client.close()));
  hooks.after(async () => void (await close()));

  const reopen = async () => {
    await close();
    const stores = await open(true);
    clients.push(stores);
    return stores;
  };
  const stores = await reopen();
  const peer = await open(false);
  clients.push(peer);

  return {
    ...{ file, stores, peer, heard: [stores], reopen },
    async snapshotData() {
      const copy = join(directory, "copy.db");
      inFile(file, (db) => db.prepare("VACUUM INTO ?").run([copy]));
      return async () => {
        await close();
        await Promise.all(["", "-wal", "-shm"].map((suffix) => rm(`${file}${suffix}`, { force: true })));
        await cp(copy, file);
        return reopen();
      };
    },
  };
}

/** What another program does with the database. */
export function inFile<T>(file: string, work: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(file, { timeout: 2_000 });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/**
 * Which of the database's files hold these words. Another process looks: closing a file that SQLite has open in this
 * one would drop SQLite's locks on it.
 */
export function filesWith(file: string, words: string): string[] {
  const files = ["", "-wal", "-shm"].map((suffix) => `${file}${suffix}`);
  const { stdout, error } = spawnSync("grep", ["--fixed-strings", "--text", "--files-with-matches", words, ...files]);
  if (error) throw error;
  return String(stdout).split("\n").filter(Boolean);
}
