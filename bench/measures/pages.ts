import { type Row, row, type Section } from "../support/report.ts";
import { Rig, STORY } from "../support/rig.ts";
import { repeat, timed } from "../support/statistics.ts";
import { nodeCpuUs } from "../support/usage.ts";

export type PageCounts = { rounds: number; requests: number };

const CHARACTERS = 800;
const ENTRIES = 50;
const AT_ONCE = 16;

/** What one node pays for requests as a CDN sends them. */
export async function pages(counts: PageCounts): Promise<Section> {
  return Rig.with(1, async (rig) => {
    await rig.publishMany(ENTRIES, CHARACTERS);
    // Keeps the story followed, as its readers would.
    await rig.enter(rig.first, 1, { limit: 1 });
    const page = `${rig.first.url}/stories/${STORY}`;
    const snapshot = `${rig.first.url}/api/v1/stories/${STORY}`;
    const etag = (await fetch(snapshot)).headers.get("etag") ?? "";
    const rows = [
      await requesting(rig, "CPU of a page", page, {}, counts),
      await requesting(rig, "CPU of a snapshot", snapshot, {}, counts),
      await requesting(rig, "CPU of a 304", snapshot, { "If-None-Match": etag }, counts),
    ];
    return { title: `Requests for a story with ${ENTRIES} entries, kept alive, not compressed`, rows };
  });
}

async function requesting(
  rig: Rig,
  what: string,
  url: string,
  headers: Record<string, string>,
  { rounds, requests }: PageCounts,
): Promise<Row> {
  const get = async () => {
    const answer = await fetch(url, { headers: { "Accept-Encoding": "identity", ...headers } });
    await answer.arrayBuffer();
    if (answer.status !== 200 && answer.status !== 304) throw new Error(`${url} was answered ${answer.status}.`);
  };
  await timed(requests, AT_ONCE, get);
  const runs = await repeat(rounds, () => nodeCpuUs(rig.first, () => timed(requests, AT_ONCE, get)));
  return row(what, "µs", ...runs.map((us) => us / requests));
}
