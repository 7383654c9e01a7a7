import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Command } from "commander";
import { findProgram } from "../../test/support/debian.ts";
import { NodeProcess } from "../../test/support/node-process.ts";
import { ADMIN_KEY } from "../../test/support/service.ts";
import { Nginx } from "../support/nginx.ts";
import { printSection, type Row, row, type Section } from "../support/report.ts";
import { median } from "../support/statistics.ts";

const ENTRIES = 30;
const CONNECTIONS = 32;
const run = promisify(execFile);

export function pagesCommand(command: Command): void {
  command
    .description("the live page of a node beside the same bytes as a file of nginx")
    .option("--quick", "one short round", false)
    .action(async ({ quick }: { quick: boolean }) => void (await benchPages(quick)));
}

async function benchPages(quick: boolean): Promise<Section> {
  const [rounds, seconds] = quick ? [1, 1] : [7, 4];
  const directory = await mkdtemp(join(tmpdir(), "dateline-bench-"));
  const environment = { PUBLIC_URL: "http://localhost:3000", DATA_DIR: directory };
  const node = await NodeProcess.start(environment, ["taskset", "-c", "0"]);
  try {
    await publishStory(node);
    const page = `${node.url}/stories/night`;
    const nginx = await Nginx.serve(await (await fetch(page)).text(), ["taskset", "-c", "0"]);
    try {
      const rows: Row[] = [];
      for (const encoding of ["identity", "gzip"]) {
        const [ours, theirs]: [number[], number[]] = [[], []];
        for (let round = 0; round < rounds; round += 1) {
          ours.push(await requestsPerSecond(page, encoding, seconds));
          theirs.push(await requestsPerSecond(nginx.url, encoding, seconds));
        }
        rows.push(row(`node, ${encoding}`, "requests/s", ...ours), row(`nginx, ${encoding}`, "requests/s", ...theirs));
        rows.push(row(`ratio, ${encoding}`, "× nginx", median(ours) / median(theirs)));
      }
      const section = { title: `A live page of ${ENTRIES} entries beside the same bytes as a file`, rows };
      printSection(section);
      return section;
    } finally {
      await nginx.end();
    }
  } finally {
    await node.end("SIGKILL");
    await rm(directory, { recursive: true, force: true });
  }
}

async function publishStory(node: NodeProcess): Promise<void> {
  const post = async (path: string, body: object) => {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" };
    const answer = await fetch(`${node.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (answer.status !== 201) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  };
  await post("/stories", { slug: "night", headline: "A long night", timeZone: "America/Chicago", status: "live" });
  for (let n = 0; n < ENTRIES; n += 1) {
    const markdown = `Entry ${n}. ${"Votes are counted, and counted again. ".repeat(15)}`;
    await post("/stories/night/entries", { headline: `Entry ${n}`, markdown, attributions: [{ source: "AP" }] });
  }
}

async function requestsPerSecond(url: string, encoding: string, seconds: number): Promise<number> {
  const wrk = findProgram({
    ...{ title: "wrk", neededBy: "page measurements", places: ["/usr/bin/wrk"], variable: "WRK", debianPackage: "wrk" },
  });
  const load = ["-t", "1", "-c", String(CONNECTIONS), "-d", `${seconds}s`, "-H", `Accept-Encoding: ${encoding}`, url];
  const { stdout } = await run("taskset", ["-c", "1", wrk, ...load]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`Some requests failed:\n${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}
