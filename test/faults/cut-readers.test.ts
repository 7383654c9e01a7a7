import assert from "node:assert/strict";
import { test } from "node:test";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { OwnReader } from "../support/own-reader.ts";
import { seededRandom, seedOfRun } from "../support/seeded-random.ts";
import { TestService } from "../support/service.ts";

const READERS = Number(process.env.READERS ?? 300);
const CHANGES = 200;
const STORY = "cut-readers";

type Random = () => number;

test(`[R1] ${READERS} readers whose connections are cut at random end with the server's timeline`, async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const random = seededRandom(seed);
  const service = await TestService.start();
  await service.createStory({ slug: STORY });
  for (let entry = 0; entry < 5; entry += 1) await service.publish(STORY);
  const proxy = await CuttingProxy.start(service.url);
  const retracted = new Set<string>();
  const readers = Array.from({ length: READERS }, () => new OwnReader(proxy.url, STORY, retracted));
  const { position: start } = await service.snapshot(STORY);
  await Promise.all(readers.map((reader) => reader.reaches(start)));

  const revisions = new Map<string, number>();
  for (let change = 0; change < CHANGES; change += 1) {
    await makeOneChange(service, random, revisions, retracted);
    if (random() < 0.3) proxy.cut(random() * 0.2, random);
  }
  const { position, entries, total } = await service.snapshot(STORY);
  await Promise.all(readers.map((reader) => reader.reaches(position)));
  for (const reader of readers) {
    assert.deepEqual(reader.faults, []);
    assert.deepEqual(reader.timeline?.entries, entries);
    assert.equal(reader.timeline?.total, total);
    reader.close();
  }
  t.diagnostic(`${proxy.cuts} cuts, ${readers.reduce((sum, { joins }) => sum + joins, 0)} joins`);
  assert.ok(proxy.cuts > READERS, "every connection was cut about once and more");
  await proxy.close();
  await service.close();
});

/** Publishes, revises or retracts, half of it to what is there already. */
async function makeOneChange(
  service: TestService,
  random: Random,
  entries: Map<string, number>,
  retracted: Set<string>,
): Promise<void> {
  const ids = [...entries.keys()];
  const id = ids[Math.floor(random() * ids.length)];
  const dice = random();
  if (id === undefined || dice < 0.5) {
    entries.set((await service.publish(STORY)).id, 1);
  } else if (dice < 0.8) {
    const revision = (entries.get(id) ?? 0) + 1;
    entries.set(id, revision);
    await service.call("PATCH", `/stories/${STORY}/entries/${id}`, { body: { markdown: `Revision ${revision}` } });
  } else {
    entries.delete(id);
    await service.call("DELETE", `/stories/${STORY}/entries/${id}`);
    retracted.add(id);
  }
}
