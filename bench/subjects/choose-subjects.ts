import { type DatelineOptions, dateline } from "./dateline.ts";
import { floor } from "./floor.ts";
import { nchan } from "./nchan.ts";
import { peers as nodePeers } from "./peers.ts";
import type { Subject } from "./subject.ts";

const peers = [...nodePeers, nchan, floor];

export const SUBJECT_NAMES = ["dateline-embedded", "dateline-redis", ...peers.map(({ name }) => name)];

export type Choice = { subjects: readonly string[]; engine?: readonly string[]; workers?: number };

/** Those of Dateline once for each engine. */
export function chooseSubjects({ subjects, engine = [], workers }: Choice): Subject[] {
  return subjects.flatMap((name) => {
    const peer = peers.find((one) => one.name === name);
    if (peer) return [peer];
    const store: DatelineOptions["store"] = name === "dateline-redis" ? "redis" : "embedded";
    return chooseEngines({ engine }).map((one) => dateline({ store, engine: one, workers }));
  });
}

/** @returns undefined for the default one. */
export function chooseEngines({ engine }: { engine: readonly string[] }): readonly (string | undefined)[] {
  return engine.length === 0 ? [undefined] : engine;
}

/** @returns those that can be measured here; the others are named. @throws when there is none. */
export function available<S extends Subject>(subjects: readonly S[]): S[] {
  const here = subjects.filter(({ title, unavailable }) => {
    const reason = unavailable();
    if (reason !== null) console.error(`${title} is left out: ${reason}.`);
    return reason === null;
  });
  if (here.length === 0) throw new Error("Nothing is left to measure.");
  return here;
}
