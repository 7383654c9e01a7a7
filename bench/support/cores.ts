import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";

const TASKSET = "/usr/bin/taskset";

/** Who runs where, so that the load takes nothing from the server. */
export type Cores = {
  /** What to start a server with. */
  server: string[];
  /** What to start the readers with. */
  load: string[];
  /** Moves a process to the core of the load. */
  toLoad: (pid: number) => void;
  /** In words, for the report. */
  note: string;
};

/** @param servers cores for the server; the load gets the last core of the machine, and so does this process. */
export function assignCores(servers = 1): Cores {
  const cores = availableParallelism();
  if (!existsSync(TASKSET) || cores < 2) {
    const why = cores < 2 ? "there is only one core" : "there is no taskset (util-linux)";
    return {
      server: [],
      load: [],
      toLoad: () => {},
      note: `nothing pinned, since ${why}: server and load disturb each other`,
    };
  }
  const last = cores - 1;
  const toLoad = (pid: number) => void execFileSync(TASKSET, ["-acp", String(last), String(pid)], { stdio: "ignore" });
  toLoad(process.pid);
  const serverCores = servers === 1 ? "0" : `0-${Math.min(servers, cores) - 1}`;
  const shared = servers >= cores ? ", which the server uses too" : "";
  return {
    ...{ server: [TASKSET, "-c", serverCores], load: [TASKSET, "-c", String(last)], toLoad },
    note: `server on core ${serverCores}; readers, editors and Redis on core ${last}${shared}`,
  };
}
