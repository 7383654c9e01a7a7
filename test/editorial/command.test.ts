import assert from "node:assert/strict";
import { test } from "node:test";
import { type Command, type CommandStores, carryOut } from "../../src/editorial/command.ts";
import { WRITE_DEADLINE_MS } from "../../src/protocol/limits.ts";
import type { StoryRecord } from "../../src/store/story-records.ts";
import { type CommitResult, StoreUnavailable } from "../../src/store/timeline-store.ts";

const head = { epoch: "e", seq: 1, tag: "t" };
const record: StoryRecord = { head, items: [], remembered: null };
const command: Command = {
  slug: "story",
  by: { id: "key", name: "desk" },
  items: ["story"],
  decide: () => ({ guards: [], writes: [] }),
};

function storesThat(read: () => Promise<StoryRecord>, commit: () => Promise<CommitResult>): CommandStores {
  return { records: { read }, timelines: { commit } } as unknown as CommandStores;
}
const done = async (): Promise<CommitResult> => ({ outcome: "done", head, changes: [] });
const never = () => new Promise<never>(() => {});

test("a store that does not answer in time is unavailable, whether it was asked to read or to commit", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const stuck = [storesThat(never, done), storesThat(async () => record, never)];
  for (const stores of stuck) {
    const outcome = assert.rejects(carryOut(stores, command), StoreUnavailable);
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(WRITE_DEADLINE_MS);
    await outcome;
  }
});

test("[S1] a command whose grounds have changed is decided anew, under the same tag, until it is out of time", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const tags = new Set<string>();
  let commits = 0;
  const timelines = {
    commit: async (_slug: string, { tag }: { tag: string }): Promise<CommitResult> => {
      tags.add(tag);
      commits += 1;
      return commits < 5 ? { outcome: "conflict" } : done();
    },
  };
  const stores = { records: { read: async () => record }, timelines } as unknown as CommandStores;
  assert.equal((await carryOut(stores, command)).kind, "done");
  assert.deepEqual([commits, tags.size], [5, 1]);

  const hopeless = storesThat(
    async () => record,
    async () => {
      t.mock.timers.tick(WRITE_DEADLINE_MS / 4);
      return { outcome: "conflict" };
    },
  );
  await assert.rejects(carryOut(hopeless, command), StoreUnavailable);
});

test("[S5] a command that can be foreseen is committed without a read, and decided on the store's state if that differs", async () => {
  const happened: string[] = [];
  const outcomes: CommitResult[] = [{ outcome: "conflict" }, await done(), await done()];
  const stores = storesThat(
    async () => {
      happened.push("read");
      return record;
    },
    async () => {
      happened.push("commit");
      return outcomes.shift() ?? { outcome: "conflict" };
    },
  );
  const foreseeable = { ...command, foresee: () => ({ guards: [], writes: [] }) };
  await carryOut(stores, foreseeable);
  await carryOut(stores, foreseeable);
  assert.deepEqual(happened, ["commit", "read", "commit", "commit"]);
});

test("[S5] what speaks against a command is said once it is known that it is no repeat", async () => {
  const remembered = { bodyHash: "body", ids: ["first"], head };
  const stores = storesThat(async () => ({ ...record, remembered }), done);
  const refuse = () => {
    throw new Error("The story has ended.");
  };
  const repeat = { ...command, idempotency: { key: "key", bodyHash: "body" }, foresee: refuse, decide: refuse };
  assert.deepEqual(await carryOut(stores, repeat), { kind: "repeat", head, ids: ["first"] });
});
