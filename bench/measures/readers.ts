import { setTimeout as pause } from "node:timers/promises";
import { type Row, row, type Section } from "../support/report.ts";
import { Rig, STORY } from "../support/rig.ts";
import { repeat } from "../support/statistics.ts";
import { nodeCpuUs, usageOf } from "../support/usage.ts";

export type ReaderCounts = { rounds: number; publishesPerRound: number; idleMs: number };

const CHARACTERS = 800;
const ENTRIES = 50;
const WARM_UP_READERS = 200;
const WARM_UP_PUBLISHES = 30;
/** What is only garbage is gone by then, as far as it goes at all. */
const SETTLE_MS = 3_000;

/** What one node pays for `count` readers of one story. */
export async function readersOfOneStory(count: number, counts: ReaderCounts): Promise<Section> {
  return Rig.with(1, async (rig) => {
    await rig.publishMany(ENTRIES, CHARACTERS);
    const rows = [
      ...(await connecting(rig, count)),
      ...(await idling(rig, counts.idleMs)),
      ...(await delivering(rig, counts)),
      ...(await joining(rig, counts.rounds)),
    ];
    return { title: `One node with ${count.toLocaleString("en")} readers of one story`, rows };
  });
}

/** As readers come who have the page: with the position that it carries. */
async function connecting(rig: Rig, count: number): Promise<Row[]> {
  const join = { position: await rig.position() };
  await rig.enter(rig.first, WARM_UP_READERS, join);
  await pause(SETTLE_MS);
  const before = await usageOf(rig.first);
  const startedAt = performance.now();
  const more = count - WARM_UP_READERS;
  const cpuUs = await nodeCpuUs(rig.first, () => rig.enter(rig.first, more, join));
  const perSecond = more / ((performance.now() - startedAt) / 1_000);
  await pause(SETTLE_MS);
  const after = await usageOf(rig.first);
  return [
    row("CPU of a connection: handshakes and join with a position", "µs", cpuUs / more),
    row("such connections in a second, with the readers on the other core", "", perSecond),
    row("memory of a connection at rest", "KiB", (after.memoryKiB - before.memoryKiB) / more),
  ];
}

async function idling(rig: Rig, idleMs: number): Promise<Row[]> {
  const cpuUs = await nodeCpuUs(rig.first, () => pause(idleMs));
  const share = (cpuUs / (idleMs * 1_000)) * 100;
  return [row(`CPU of the node, nothing published for ${idleMs / 1_000} s`, "% of a core", share)];
}

async function delivering(rig: Rig, { rounds, publishesPerRound }: ReaderCounts): Promise<Row[]> {
  await repeat(WARM_UP_PUBLISHES, () => rig.deliver(CHARACTERS));
  const [p50, p99, last]: [number[], number[], number[]] = [[], [], []];
  const publishOnce = async () => {
    const latency = await rig.deliver(CHARACTERS);
    p50.push(latency.p50);
    p99.push(latency.p99);
    last.push(latency.max);
  };
  const cpuUs = await repeat(rounds, () => nodeCpuUs(rig.first, () => repeat(publishesPerRound, publishOnce)));
  const deliveries = publishesPerRound * rig.readers.count;
  return [
    row("CPU of a delivery, its share of the publish included", "µs", ...cpuUs.map((us) => us / deliveries)),
    row("from the editor's request to half of the readers", "ms", ...p50),
    row("to 99 in a hundred", "ms", ...p99),
    row("to the last", "ms", ...last),
  ];
}

/** Of readers who are connected already. */
async function joining(rig: Rig, rounds: number): Promise<Row[]> {
  const position = await rig.position();
  const ways = [
    { what: "CPU of a join with a position, nothing missed", join: { story: STORY, position } },
    { what: "CPU of a join for the newest entry", join: { story: STORY, limit: 1 } },
    { what: `CPU of a join for the newest ${ENTRIES} entries`, join: { story: STORY, limit: ENTRIES } },
  ];
  return repeat(ways.length, async (index) => {
    const { what, join } = ways[index] ?? { what: "", join: { story: STORY } };
    const runs = await repeat(rounds, () => nodeCpuUs(rig.first, () => rig.readers.rejoin(1, join)));
    return row(what, "µs", ...runs.map((us) => us / rig.readers.count));
  });
}
