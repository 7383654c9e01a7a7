import { readdirSync, readFileSync } from "node:fs";

/**
 * What the kernel's scheduler says of a process and its children, in microseconds: how long they ran (user and system),
 * and how long they were ready and had to wait for a core, which on an undisturbed machine is next to nothing.
 */
export type CpuTime = { ranUs: number; waitedUs: number };

/** Threads that have ended are not in it any more; servers keep theirs. */
export function cpuTimeOf(pid: number): CpuTime {
  const total = { ranUs: 0, waitedUs: 0 };
  for (const process of familyOf(pid)) {
    for (const thread of entriesOf(`/proc/${process}/task`)) {
      const [ran = 0, waited = 0] = read(`/proc/${process}/task/${thread}/schedstat`).split(" ").map(Number);
      total.ranUs += ran / 1_000;
      total.waitedUs += waited / 1_000;
    }
  }
  if (total.ranUs === 0)
    throw new Error("The bench needs Linux: it reads CPU times from /proc/<pid>/task/*/schedstat.");
  return total;
}

export async function cpuTimeFor(pid: number, work: () => Promise<unknown>): Promise<CpuTime> {
  const before = cpuTimeOf(pid);
  await work();
  const after = cpuTimeOf(pid);
  return { ranUs: after.ranUs - before.ranUs, waitedUs: after.waitedUs - before.waitedUs };
}

/** Resident memory of a process and its children. */
export function memoryKiBOf(pid: number): number {
  const resident = familyOf(pid).map((process) =>
    Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${process}/status`))?.[1] ?? 0),
  );
  return resident.reduce((all, one) => all + one, 0);
}

function familyOf(pid: number): number[] {
  const children = entriesOf("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => Number(/\) \S (\d+)/.exec(read(`/proc/${name}/stat`))?.[1]) === pid);
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))];
}

/** Processes and threads come and go while they are looked at. */
function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
