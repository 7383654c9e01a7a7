import { readFileSync } from "node:fs";

/** What a process of Node has open besides connections. */
const SPARE = 200;

/** @throws where neither a server nor its readers could have so many connections. */
export function checkOpenFiles(connections: number): void {
  const [, limit = "0"] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
  if (connections + SPARE <= Number(limit)) return;
  throw new Error(
    `${connections.toLocaleString("en")} connections need as many open files, and ${Number(limit).toLocaleString("en")} are allowed here: raise ulimit -n, or take fewer readers.`,
  );
}
