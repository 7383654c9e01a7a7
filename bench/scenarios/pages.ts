import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Command } from "commander";
import { findProgram } from "../../test/support/debian.ts";
import { type DatelineServer, dateline } from "../subjects/dateline.ts";
import type { Comparison, Line } from "../support/comparison.ts";
import { assignCores, type Cores } from "../support/cores.ts";
import { Nginx } from "../support/nginx.ts";
import { type ScenarioOptions, scenarioOptions } from "../support/options.ts";
import { cpuTimeFor } from "../support/processes.ts";
import { progress } from "../support/progress.ts";
import { runScenario } from "../support/run-scenario.ts";
import { repeat } from "../support/statistics.ts";

const STORY = "night";
const ENTRIES = 30;
const CHARACTERS = 600;
const CONNECTIONS = 32;
const ENCODINGS = ["identity", "gzip"];
const run = promisify(execFile);

const COLUMNS = [
  { key: "rate", title: "requests/s" },
  { key: "cpu", title: "CPU µs/request" },
  { key: "bytes", title: "bytes" },
];
const FILES = [
  { what: "live page", path: `/stories/${STORY}`, file: "page.html" },
  { what: "snapshot JSON", path: `/api/v1/stories/${STORY}?limit=${ENTRIES}`, file: "snapshot.json" },
];
type Side = { line: Line; pid: number; url: string };

export function pagesCommand(command: Command): void {
  scenarioOptions(command, 7)
    .description("the live page and the snapshot of a node beside the same bytes as files of nginx")
    .addHelpText(
      "after",
      `\n${ENTRIES} entries; wrk with ${CONNECTIONS} connections kept alive; one core for the server.`,
    )
    .action((options: ScenarioOptions) => {
      const cores = assignCores();
      return runScenario("pages", options, cores, pages(options, cores));
    });
}

async function* pages({ quick, rounds }: ScenarioOptions, cores: Cores): AsyncGenerator<Comparison> {
  const [times, seconds] = quick ? [1, 1] : [rounds, 4];
  const node = await dateline({ store: "embedded" }).start(cores);
  try {
    await node.createStory(STORY);
    await repeat(ENTRIES, () => node.publishText(STORY, CHARACTERS));
    for (const { what, path, file } of FILES) {
      const url = `${node.url}${path}`;
      const nginx = await Nginx.serve({ [file]: await textOf(url) }, cores.server);
      try {
        for (const encoding of ENCODINGS) {
          const title = `${what}, ${encoding}`;
          const sides = [
            sideOf("Dateline", node, url),
            sideOf("nginx", nginx, `http://127.0.0.1:${nginx.port}/${file}`),
          ];
          for (let round = 1; round <= times; round += 1) {
            progress(`${title} · round ${round} of ${times}`);
            for (const side of sides) await measure(side, encoding, seconds, cores);
          }
          progress("");
          yield { title, columns: COLUMNS, lines: sides.map(({ line }) => line), baseline: "nginx", failures: [] };
        }
      } finally {
        await nginx.end();
      }
    }
  } finally {
    await node.end();
  }
}

function sideOf(title: string, { pid }: DatelineServer | Nginx, url: string): Side {
  return { line: { name: title.toLowerCase(), title, runs: {} }, pid, url };
}

async function measure(
  { line: { runs }, pid, url }: Side,
  encoding: string,
  seconds: number,
  cores: Cores,
): Promise<void> {
  let load = { requests: 0, perSecond: 0, bytes: 0 };
  const cpu = await cpuTimeFor(pid, async () => {
    load = await underLoad(url, encoding, seconds, cores);
  });
  const figures = { rate: load.perSecond, cpu: cpu.ranUs / load.requests, bytes: load.bytes / load.requests };
  for (const [key, value] of Object.entries(figures)) runs[key] = [...(runs[key] ?? []), value];
}

async function underLoad(url: string, encoding: string, seconds: number, cores: Cores) {
  const wrk = findProgram({
    ...{ title: "wrk", neededBy: "page measurements", places: ["/usr/bin/wrk"], variable: "WRK", debianPackage: "wrk" },
  });
  const args = ["-t", "1", "-c", String(CONNECTIONS), "-d", `${seconds}s`, "-H", `Accept-Encoding: ${encoding}`, url];
  const [program = wrk, ...rest] = [...cores.load, wrk, ...args];
  const { stdout } = await run(program, rest);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`Some requests failed:\n${stdout}`);
  const [, requests, size, unit = "B"] = /(\d+) requests in \S+, ([\d.]+)([KMG]?B) read/.exec(stdout) ?? [];
  const bytes = Number(size) * 1_024 ** "BKMG".indexOf(unit.slice(0, 1));
  return { requests: Number(requests), perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]), bytes };
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} was answered ${answer.status}.`);
  return answer.text();
}
