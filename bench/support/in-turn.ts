import { Readers } from "../readers/readers.ts";
import type { Server, Subject } from "../subjects/subject.ts";
import type { Column, Comparison } from "./comparison.ts";
import type { Cores } from "./cores.ts";
import { progress } from "./progress.ts";

export type Figures = Record<string, number>;
type Say = (what: string) => void;
export type Stage<S extends Server = Server> = { server: S; readers: Readers; say: Say };

/** One line of a comparison, and how a round of it is measured. */
export type Entrant = { name: string; title: string; run: (cores: Cores, say: Say) => Promise<Figures> };

export type Plan = {
  title: string;
  columns: readonly Column[];
  entrants: readonly Entrant[];
  /** The name of the one that the others are compared with. */
  baseline?: string;
  rounds: number;
  cores: Cores;
};

/** Each entrant once a round, A B A B, so that a machine that drifts does so for all of them. */
export async function inTurn({ entrants, rounds, cores, ...plan }: Plan): Promise<Comparison> {
  const lines = entrants.map(({ name, title, run }) => ({ name, title, run, runs: {} as Record<string, number[]> }));
  const failures: string[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const { title, run, runs } of lines) {
      try {
        const figures = await run(cores, (what) => progress(`${plan.title} · ${round}/${rounds} · ${title}: ${what}`));
        for (const [key, value] of Object.entries(figures)) runs[key] = [...(runs[key] ?? []), value];
      } catch (error) {
        failures.push(`${title}, round ${round}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  progress("");
  return { ...plan, lines: lines.map(({ name, title, runs }) => ({ name, title, runs })), failures };
}

/** A subject that is measured on fresh processes every time. */
export function entrant<S extends Server>(
  { name, title, start }: Subject<S>,
  measure: (stage: Stage<S>) => Promise<Figures>,
): Entrant {
  const run = async (cores: Cores, say: Say) => {
    say("starting");
    const server = await start(cores);
    const readers = new Readers(cores.load);
    try {
      return await measure({ server, readers, say });
    } finally {
      await readers.end();
      await server.end();
    }
  };
  return { name, title, run };
}
