import { Readers } from "../readers/readers.ts";
import type { Server, Subject } from "../subjects/subject.ts";
import type { Column, Comparison } from "./comparison.ts";
import type { Cores } from "./cores.ts";
import { progress } from "./progress.ts";

export type Figures = Record<string, number>;
export type Stage<S extends Server> = { server: S; readers: Readers; say: (what: string) => void };

export type Plan<S extends Server> = {
  title: string;
  columns: readonly Column[];
  subjects: readonly Subject<S>[];
  rounds: number;
  cores: Cores;
  /** On fresh processes. */
  measure: (stage: Stage<S>) => Promise<Figures>;
};

/** Each subject once a round, A B A B, so that a machine that drifts does so for all of them. */
export async function inTurn<S extends Server>(plan: Plan<S>): Promise<Comparison> {
  const { title, columns, subjects, rounds } = plan;
  const lines = subjects.map((subject) => ({ subject, runs: {} as Record<string, number[]> }));
  const failures: string[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const { subject, runs } of lines) {
      const say = (what: string) => progress(`${title} · round ${round} of ${rounds} · ${subject.title}: ${what}`);
      try {
        const figures = await onStage(subject, plan, say);
        for (const [key, value] of Object.entries(figures)) runs[key] = [...(runs[key] ?? []), value];
      } catch (error) {
        failures.push(`${subject.title}, round ${round}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  progress("");
  return {
    title,
    columns,
    lines: lines.map(({ subject: { name, title: own }, runs }) => ({ name, title: own, runs })),
    failures,
  };
}

async function onStage<S extends Server>(
  subject: Subject<S>,
  { cores, measure }: Plan<S>,
  say: (what: string) => void,
): Promise<Figures> {
  say("starting");
  const server = await subject.start(cores);
  const readers = new Readers(cores.load);
  try {
    return await measure({ server, readers, say });
  } finally {
    await readers.end();
    await server.end();
  }
}
