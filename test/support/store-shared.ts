import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { joinSqliteStores } from "../../src/store/sqlite/open.ts";
import type { Stores } from "../../src/store/stores.ts";
import { linkTo } from "../../src/workers/process-link.ts";
import type { DurableHarness, EngineOptions, Hooks } from "../contract/harness.ts";
import { endWithTests } from "./children.ts";
import { inFile, temporaryDirectory } from "./store-sqlite.ts";

const OWNER = fileURLToPath(new URL("./store-owner.js", import.meta.url));

/** Two nodes on one embedded store, as workers are: another process has the file. */
export async function openShared(hooks: Hooks, options: EngineOptions = {}): Promise<DurableHarness> {
  const directory = await temporaryDirectory(hooks);
  const file = join(directory, "dateline.db");
  const clients: Stores[] = [];
  let owner: ChildProcess | undefined;
  const close = async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    if (!owner) return;
    const ended = once(owner, "exit");
    owner.disconnect();
    owner = undefined;
    await ended;
  };
  hooks.after(close);

  const reopen = async (): Promise<Stores> => {
    await close();
    owner = fork(OWNER, [JSON.stringify({ file, exclusive: true, ...options })], { serialization: "advanced" });
    endWithTests(owner);
    await once(owner, "message");
    const [one, other] = ["one", "other"].map((topic) => joinSqliteStores(linkTo(owner as ChildProcess, topic)));
    if (!one || !other) throw new Error("Nobody has joined.");
    clients.push(one, other);
    return one;
  };
  const stores = await reopen();
  const peer = clients.at(-1) ?? stores;
  return {
    ...{ stores, peer, heard: [stores, peer], reopen },
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
