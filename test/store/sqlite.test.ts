import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openSqliteStores } from "../../src/store/sqlite/open.ts";
import { CannotOpenStore } from "../../src/store/sqlite/start-thread.ts";
import { durabilityContract } from "../contract/durability.ts";
import { storeContract } from "../contract/store-contract.ts";
import { HOLDER, newStory, seqOf } from "../support/store-desk.ts";
import { openShared } from "../support/store-shared.ts";
import { inFile, openInMemory, openOnDisk, temporaryDirectory } from "../support/store-sqlite.ts";

describe("SQLite in memory", () => storeContract(openInMemory));

describe("SQLite in a process that others share", () => {
  storeContract(openShared);
  durabilityContract(openShared);
});

describe("SQLite on disk", () => {
  storeContract(openOnDisk);
  durabilityContract(openOnDisk);

  test("[S8] data of a newer version is refused, left as it is, and not locked", async (t) => {
    const file = join(await temporaryDirectory(t), "dateline.db");
    await (await openSqliteStores({ file })).close();
    inFile(file, (db) => db.exec("PRAGMA user_version = 2"));
    await assert.rejects(openSqliteStores({ file, exclusive: true }), (error) => {
      assert.ok(error instanceof CannotOpenStore);
      assert.ok(error.message.includes(file));
      assert.match(error.message, /newer version of Dateline.*Start the newer version again, or restore a backup/);
      return true;
    });
    inFile(file, (db) => assert.deepEqual(db.pragma("user_version"), [{ user_version: 2 }]));
    inFile(file, (db) => db.exec("PRAGMA user_version = 1"));
    await (await openSqliteStores({ file, exclusive: true })).close();
  });

  test("what is no database is refused", async (t) => {
    const file = join(await temporaryDirectory(t), "dateline.db");
    await writeFile(file, "Dear diary, ".repeat(1_000));
    await assert.rejects(openSqliteStores({ file }), CannotOpenStore);
  });

  test("a second server on the same file is refused until the first has closed it", async (t) => {
    const file = join(await temporaryDirectory(t), "new", "directory", "dateline.db");
    const first = await openSqliteStores({ file, exclusive: true });
    await assert.rejects(openSqliteStores({ file, exclusive: true }), (error) => {
      assert.ok(error instanceof CannotOpenStore);
      assert.match(error.message, /Another server is running on it\. Stop that one first/);
      return true;
    });
    const commandLine = await openSqliteStores({ file });
    await newStory(commandLine, "a");
    assert.equal(await seqOf(first, "a", "story"), 1);
    await commandLine.close();
    await first.close();
    await (await openSqliteStores({ file, exclusive: true })).close();
  });

  test("[S2] times go on from the last commit when the machine's clock is put back", async (t) => {
    const { stores, file } = await openOnDisk(t);
    const desk = await newStory(stores, "a");
    const ahead = "2199-12-31T23:59:59.999Z";
    inFile(file, (db) => db.prepare("UPDATE stories SET changed_at = ?").run([ahead]));
    const { changes } = await desk.patch({ headline: "Later" });
    assert.equal(changes[0]?.at, ahead);
  });

  test("[S1] an import that fails on its way leaves nothing, and what was waiting with it is done", async (t) => {
    const { stores } = await openOnDisk(t);
    const { stores: other } = await openOnDisk(t);
    await (await newStory(stores, "a")).publish("one");
    const archive = await stores.archives.exportStory("a");
    assert.ok(archive);
    const items = archive.items.map((item) => ({ ...item, seq: 1 }));
    const imports = [other.archives.importStory({ ...archive, items }), newStory(other, "b")];
    const [failed, created] = await Promise.allSettled(imports);
    assert.deepEqual([failed?.status, created?.status], ["rejected", "fulfilled"]);
    assert.equal(await other.timelines.load("a", 1), null);
    assert.equal(await other.archives.importStory(archive), "imported");
  });

  test("[S5] what is not needed any more is not kept", async (t) => {
    const { stores, file } = await openOnDisk(t, { keepCommits: 3, idempotencyWindowMs: 1 });
    const desk = await newStory(stores, "a");
    const count = (table: string) => inFile(file, (db) => db.prepare(`SELECT count(*) AS n FROM ${table}`).all());
    for (let n = 0; n < 5; n += 1) {
      const key = `key ${n}`;
      await desk.commit([], { idempotency: { key, bodyHash: "h", ids: [] } });
      await desk.publish(String(n));
      const want = { items: [], idempotency: { holderId: HOLDER.id, key } };
      for (let known = true; known; ) {
        const record = await stores.records.read("a", want);
        known = record !== null && record !== "removed" && record.remembered !== null;
      }
    }
    await desk.commit([], { idempotency: { key: "last", bodyHash: "h", ids: [] } });
    assert.deepEqual(count("remembered"), [{ n: 1 }]);
    assert.deepEqual(count("commits WHERE tag = head_tag"), [{ n: 3 }]);
    assert.deepEqual(count("commits WHERE tag <> head_tag"), [{ n: 3 }]);
  });
});
