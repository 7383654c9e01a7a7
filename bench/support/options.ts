import { type Command, InvalidArgumentError, Option } from "commander";
import { SUBJECT_NAMES } from "../subjects/choose-subjects.ts";

/** Of every scenario. */
export type ScenarioOptions = { quick: boolean; rounds: number; json?: string };
/** Of those that measure a node with different settings. */
export type EngineOptions = ScenarioOptions & { engine: string[]; workers?: number };
/** Of those that hold subjects against each other. */
export type SubjectOptions = EngineOptions & { subjects: string[] };

export function scenarioOptions(command: Command, rounds = 3): Command {
  return command
    .option("--quick", "small numbers, one round: shows that it works; its figures say little", false)
    .option("--rounds <number>", "how often each is measured, in turn", number, rounds)
    .option("--json <file>", "where all rounds are written (default: bench/results/)");
}

export function engineOptions(command: Command): Command {
  return scenarioOptions(command)
    .addOption(
      new Option("--engine <name>", "Dateline with FANOUT=<name>; repeat it to compare engines")
        .default([], "the default one")
        .argParser((name: string, before: string[]) => [...before, name]),
    )
    .option("--workers <number>", "Dateline with WORKERS=<number>, on as many cores", number);
}

export function subjectOptions(command: Command, defaults: string[]): Command {
  return engineOptions(command).addOption(
    new Option("--subjects <names>", `what to measure, separated by commas: ${SUBJECT_NAMES.join(", ")}`)
      .default(defaults, defaults.join(","))
      .argParser(subjectNames),
  );
}

export function number(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError("It must be a whole number above 0.");
  return Number(text);
}

export function numbers(text: string): number[] {
  return text.split(",").map(number);
}

function subjectNames(text: string): string[] {
  const names = text.split(",");
  for (const name of names) {
    if (!SUBJECT_NAMES.includes(name)) {
      throw new InvalidArgumentError(`There is no ${name}. There are: ${SUBJECT_NAMES.join(", ")}.`);
    }
  }
  return names;
}
