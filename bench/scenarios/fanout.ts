import type { Command } from "commander";
import { available, chooseSubjects } from "../subjects/choose-subjects.ts";
import type { Comparison } from "../support/comparison.ts";
import { assignCores, type Cores } from "../support/cores.ts";
import { entrant, type Figures, inTurn, type Stage } from "../support/in-turn.ts";
import { numbers, type SubjectOptions, subjectOptions } from "../support/options.ts";
import { cpuTimeFor, cpuTimeOf } from "../support/processes.ts";
import { Editor } from "../support/publishing.ts";
import { runScenario } from "../support/run-scenario.ts";
import { repeat } from "../support/statistics.ts";

type Options = SubjectOptions & { readers: number[]; bytes: number[]; deflate: boolean };
type Counts = { readers: number; bytes: number; unread: number; warmUp: number; updates: number; deflate: boolean };

const STORY = "fanout";
/** Nobody reads it. */
const OTHER_STORY = "unread";
const DEFAULTS = ["dateline-embedded", "dateline-redis", "socket.io-redis", "ws"];
const QUICK = { readers: [100], bytes: [800], rounds: 1 };
/** Fewer would measure the compiler's warm-up: of what is done for a reader, and of what is done once for an update. */
const WARM_UP_UPDATES = 30;
const WARM_UP_UNREAD = 2_000;
/** So many deliveries make a round, within bounds. */
const DELIVERIES = 200_000;
const UPDATES = { from: 20, to: 200 };

const COLUMNS = [
  { key: "cpu", title: "CPU µs/delivery" },
  { key: "p50", title: "p50 ms" },
  { key: "p99", title: "p99 ms" },
  { key: "max", title: "max ms" },
  { key: "wire", title: "bytes/delivery" },
  { key: "connect", title: "CPU µs/connect" },
  { key: "reading", title: "readers' CPU µs" },
  { key: "waited", title: "waited for core %" },
];

export function fanoutCommand(command: Command): void {
  subjectOptions(command, DEFAULTS)
    .description("one story, one update at a time, to all of its readers")
    .option("--readers <numbers>", "readers of the story, one comparison each", numbers, [4_000])
    .option("--bytes <numbers>", "size of the JSON that readers get, one comparison each", numbers, [800])
    .option("--deflate", "readers offer permessage-deflate, as browsers do", false)
    .addHelpText("after", "\nThe full set: --readers 1000,4000,15000 --bytes 800,4000")
    .action((options: Options) => {
      const cores = assignCores(options.workers);
      return runScenario("fanout", options, cores, fanouts(options.quick ? { ...options, ...QUICK } : options, cores));
    });
}

async function* fanouts(options: Options, cores: Cores): AsyncGenerator<Comparison> {
  const subjects = available(chooseSubjects(options));
  for (const readers of options.readers) {
    for (const bytes of options.bytes) {
      const counts = { readers, bytes, deflate: options.deflate, ...updatesFor(readers, options.quick) };
      const size = `${readers.toLocaleString("en")} readers, updates of ${bytes.toLocaleString("en")} bytes`;
      yield await inTurn({
        title: options.deflate ? `${size}, deflate offered` : size,
        ...{ columns: COLUMNS, rounds: options.rounds, cores },
        entrants: subjects.map((subject) => entrant(subject, (stage) => fanOut(stage, counts))),
      });
    }
  }
}

function updatesFor(readers: number, quick: boolean): Pick<Counts, "unread" | "warmUp" | "updates"> {
  if (quick) return { unread: 5, warmUp: 2, updates: 5 };
  const updates = Math.min(UPDATES.to, Math.max(UPDATES.from, Math.round(DELIVERIES / readers)));
  return { unread: WARM_UP_UNREAD, warmUp: WARM_UP_UPDATES, updates };
}

async function fanOut({ server, readers, say }: Stage, counts: Counts): Promise<Figures> {
  const editor = new Editor(server);
  const { port, dialect, pid } = server;
  await server.createStory(STORY);
  await server.createStory(OTHER_STORY);
  say("warming up");
  await repeat(counts.unread, () => editor.publish(OTHER_STORY, counts.bytes));
  say("connecting");
  const arrival = { port, dialect, stories: [STORY], head: server.headOf(STORY), deflate: counts.deflate };
  const connecting = await cpuTimeFor(pid, () => readers.enter({ ...arrival, readersEach: counts.readers }));
  const update = async () => {
    await editor.publish(STORY, counts.bytes);
    await editor.delivered(readers, [STORY]);
  };
  await repeat(counts.warmUp, update);
  say(`publishing ${counts.updates} updates`);
  await editor.listen(readers);
  const readingBefore = cpuTimeOf(readers.pid);
  const cpu = await cpuTimeFor(pid, () => repeat(counts.updates, update));
  const readingUs = cpuTimeOf(readers.pid).ranUs - readingBefore.ranUs;
  const { deliveries, latency, bytes } = await editor.heard(readers);
  return {
    cpu: cpu.ranUs / deliveries,
    ...latency,
    wire: bytes / deliveries,
    connect: connecting.ranUs / counts.readers,
    reading: readingUs / deliveries,
    waited: (cpu.waitedUs / cpu.ranUs) * 100,
  };
}
