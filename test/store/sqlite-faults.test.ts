import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Worker } from "node:worker_threads";
import { v7 as uuidv7 } from "uuid";
import type { Announcement } from "../../src/store/announcements.ts";
import { Connection } from "../../src/store/sqlite/connection.ts";
import { linkToThread } from "../../src/store/sqlite/start-thread.ts";
import type { Stores } from "../../src/store/stores.ts";
import { StoreUnavailable } from "../../src/store/timeline-store.ts";
import { commitOf, entryWrite, newStory } from "../support/store-desk.ts";
import { inFile, openOnDisk } from "../support/store-sqlite.ts";

/** Makes the database refuse an entry that says "poison", in one of the ways in which a write can fail. */
function poison(file: string, way: string): void {
  inFile(file, (db) =>
    db.exec(`
      CREATE TABLE there (id INTEGER PRIMARY KEY);
      CREATE TABLE unpaid (id INTEGER REFERENCES there DEFERRABLE INITIALLY DEFERRED);
      CREATE TRIGGER poison AFTER INSERT ON texts WHEN new.body LIKE '%poison%' BEGIN ${way}; END;
    `),
  );
}

describe("SQLite that fails", () => {
  test("[S1] a write that fails leaves nothing behind, and those committed with it are done", async (t) => {
    const { stores, file } = await openOnDisk(t);
    poison(file, "SELECT RAISE(ABORT, 'no such luck')");
    const { done, failed } = await storm(stores, file);
    assert.equal(failed.length, 1);
    assert.equal(done.length, 20);
  });

  test("[S1] when SQLite takes back the whole transaction, nothing of it was done or announced", async (t) => {
    const { stores, file } = await openOnDisk(t);
    poison(file, "SELECT RAISE(ROLLBACK, 'no such luck')");
    const { failed } = await storm(stores, file);
    assert.ok(failed.length > 1, "others were in the same transaction");
  });

  test("[S1] when the transaction cannot be committed, nothing of it was done or announced", async (t) => {
    const { stores, file } = await openOnDisk(t);
    poison(file, "INSERT INTO unpaid VALUES (1)");
    const { failed } = await storm(stores, file);
    assert.ok(failed.length > 1, "others were in the same transaction");
  });

  test("a failed write says nothing of the database, and is no end", async (t) => {
    const { stores, file } = await openOnDisk(t);
    poison(file, "SELECT RAISE(ABORT, 'no such luck')");
    const desk = await newStory(stores, "a");
    await assert.rejects(desk.publish("poison"), (error) => {
      assert.ok(error instanceof StoreUnavailable);
      assert.doesNotMatch(error.message, /luck|texts|dateline\.db|SQL/i);
      assert.match(String(error.cause), /no such luck/);
      return true;
    });
    assert.equal((await desk.publish("remedy")).head.seq, 2);
  });

  test("a listener that throws keeps nobody from hearing, nor a commit from being acknowledged", async (t) => {
    const { stores } = await openOnDisk(t);
    const faults: unknown[] = [];
    process.setUncaughtExceptionCaptureCallback((error) => faults.push(error));
    t.after(() => process.setUncaughtExceptionCaptureCallback(null));
    const heard: Announcement[] = [];
    const fault = new Error("a fault of the listener");
    const interrupted = () => {};
    await stores.announcements.subscribe("a", {
      announced: () => {
        throw fault;
      },
      interrupted,
    });
    await stores.announcements.subscribe("a", { announced: (announcement) => heard.push(announcement), interrupted });
    await newStory(stores, "a");
    assert.equal(heard.length, 1);
    assert.deepEqual(faults, [fault]);
  });
});

describe("the store's thread", () => {
  for (const [end, code] of [
    ["exits", "process.exit(3)"],
    ["crashes", "throw new Error('out of luck')"],
  ]) {
    test(`when it ${end}, everybody who waits is told, and everybody after them`, async () => {
      const wait = `require("node:worker_threads").parentPort.once("message", () => { ${code} })`;
      const connection = new Connection(linkToThread(new Worker(wait, { eval: true })));
      const asked = [connection.call("load", "a", 1), connection.probe(), connection.call("listKeys")];
      for (const { status, reason } of await Promise.allSettled(asked).then(rejections)) {
        assert.equal(status, "rejected");
        assert.ok(reason instanceof StoreUnavailable);
        assert.doesNotMatch(reason.message, /luck/);
      }
      await assert.rejects(connection.call("load", "a", 1), StoreUnavailable);
      await assert.rejects(connection.probe(), StoreUnavailable);
      await assert.rejects(connection.subscribe("a", { announced() {}, interrupted() {} }), StoreUnavailable);
      await connection.close();
    });
  }
});

function rejections(settled: PromiseSettledResult<unknown>[]): { status: string; reason: unknown }[] {
  return settled.map((one) => ({ reason: undefined, ...one }));
}

/** Twenty publications and one that is poisoned, most of them in one transaction; then everything has to add up. */
async function storm(stores: Stores, file: string) {
  await newStory(stores, "a");
  const announced: Announcement[] = [];
  await stores.announcements.subscribe("a", {
    announced: (announcement) => announced.push(announcement),
    interrupted: () => assert.fail(),
  });
  const texts = Array.from({ length: 21 }, (_, n) => (n === 1 ? "poison" : `entry ${n}`));
  const commits = texts.map((text) => commitOf([entryWrite(uuidv7(), text), entryWrite(uuidv7(), `${text}, too`)]));
  // As long as another program writes, everything that is sent waits together.
  const settled = await inFile(file, (db) => {
    db.exec("BEGIN IMMEDIATE");
    const sent = Promise.allSettled(commits.map((commit) => stores.timelines.commit("a", commit)));
    db.exec("COMMIT");
    return sent;
  });
  const done = commits.filter((_, n) => settled[n]?.status === "fulfilled");
  const failed = settled.filter((one) => one.status === "rejected");
  for (const { reason } of failed) assert.ok(reason instanceof StoreUnavailable);
  assert.equal(settled[1]?.status, "rejected");

  const loaded = await stores.timelines.load("a", 100);
  assert.ok(loaded && loaded !== "removed");
  const tags = done.map(({ tag }) => tag);
  assert.deepEqual(new Set(announced.map((one) => one.kind === "commit" && one.tag)), new Set(tags));
  assert.deepEqual(new Set(loaded.tags.slice(1).map(({ tag }) => tag)), new Set(tags));
  assert.equal(loaded.total, 2 * done.length);
  assert.equal(loaded.head.seq, 1 + 2 * done.length);
  return { done, failed };
}
