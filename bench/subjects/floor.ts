import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startPeerProcess } from "./peer-process.ts";
import type { Subject } from "./subject.ts";

/** Of the checkout: the build copies no C. */
const SOURCE = fileURLToPath(new URL("../../../bench/peers/floor.c", import.meta.url));
const TITLE = "floor, bare send(2) in C";

/** What the kernel takes for a delivery by one system call, whoever makes it. */
export const floor: Subject = {
  name: "floor",
  title: TITLE,
  unavailable: () =>
    spawnSync(compiler(), ["--version"]).status === 0
      ? null
      : "there is no C compiler (Debian: gcc and libc6-dev), or CC does not name it",
  start: async (cores) => {
    const directory = await mkdtemp(join(tmpdir(), "dateline-floor-"));
    const afterwards = () => rm(directory, { recursive: true, force: true });
    const program = join(directory, "floor");
    try {
      await promisify(execFile)(compiler(), ["-O2", "-o", program, SOURCE]);
    } catch (error) {
      await afterwards();
      throw error;
    }
    return startPeerProcess({ title: TITLE, dialect: "websocket", command: [program], afterwards }, cores);
  },
};

function compiler(): string {
  return process.env.CC ?? "cc";
}
