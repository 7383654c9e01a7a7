import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Newsroom } from "./support/newsroom.ts";

/** A disk of 16 MiB in memory. It is gone with the test. */
async function smallDisk(t: TestContext): Promise<string> {
  const disk = await mkdtemp(join(tmpdir(), "dateline-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], { stdio: "pipe" });
  } catch (error) {
    throw new Error("This test fills a small disk of its own, and mounting that takes root: sudo npm test.", {
      cause: error,
    });
  }
  t.after(async () => {
    execFileSync("umount", ["--lazy", disk]);
    await rm(disk, { recursive: true });
  });
  return disk;
}

test("[S1] [S3] a full disk under the embedded store: refused as a whole, nothing lost, and work goes on with room", async (t) => {
  const disk = await smallDisk(t);
  const newsroom = await Newsroom.open(t, { environment: { DATA_DIR: join(disk, "data") }, nodes: 1 });
  const ballast = join(disk, "ballast");
  await assert.rejects(writeFile(ballast, Buffer.alloc(64 << 20)), /ENOSPC/);
  await newsroom.editor.fails(5);
  assert.ok((await newsroom.snapshot()).entries.length > 0, "reads go on");
  await rm(ballast);
  await newsroom.settle(t, "disk full, embedded store");
});
