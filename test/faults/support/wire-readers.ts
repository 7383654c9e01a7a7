import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Newsroom } from "./newsroom.ts";
import { WireReader } from "./wire-reader.ts";

/** Of the story that every newsroom has. */
const STORY = "election";
const READERS = Number(process.env.FAULT_READERS ?? 24) / 2;

/** Readers beside those of our own client, on every node. Resolves when each stands somewhere in the story. */
export async function openWireReaders(t: TestContext, newsroom: Newsroom): Promise<WireReader[]> {
  const { nodes, spared, random } = newsroom;
  const asked = () => nodes.filter((node) => node.isRunning && !spared.has(node)).map(({ url }) => url);
  const readers = Array.from({ length: READERS }, () => new WireReader(STORY, random, asked));
  t.after(() => Promise.all(readers.map((reader) => reader.close())));
  await Promise.all(readers.map((reader) => reader.joins()));
  return readers;
}

/** After `settle`: all hold what the service says, and were told nothing that they may not be told. */
export async function assertWhole(newsroom: Newsroom, readers: readonly WireReader[]): Promise<void> {
  const truth = await newsroom.snapshot();
  assert.equal(truth.total, truth.entries.length);
  await Promise.all(readers.map((reader) => reader.reaches(truth.position)));
  assert.deepEqual(
    readers.flatMap(({ faults }) => faults),
    [],
  );
  for (const reader of readers) reader.assertHolds(truth);
}

/** Told neither to start again nor cut off: nothing has happened that is worth it. */
export function assertUndisturbed(readers: readonly WireReader[]): void {
  const sum = (count: (reader: WireReader) => number) => readers.reduce((total, reader) => total + count(reader), 0);
  assert.deepEqual(
    {
      resets: sum(({ resets }) => resets),
      startedAgain: sum(({ startedAgain }) => startedAgain),
      cuts: readers.flatMap(({ cuts }) => cuts),
    },
    { resets: 0, startedAgain: 0, cuts: [] },
  );
}
