import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { getSystemErrorMap } from "node:util";
import { CommandFailed } from "./command-failed.ts";

/** What one string can hold with room to spare; a story of 10,000 of the longest entries there can be. */
export const FILE_MAX_BYTES = 256 * 1024 * 1024;
const MIB = 1024 * 1024;

/** @param file `-` for standard input. @throws CommandFailed */
export async function readInput(file: string): Promise<string> {
  const name = file === "-" ? "standard input" : file;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of file === "-" ? process.stdin : createReadStream(file)) {
      bytes += (chunk as Buffer).length;
      if (bytes > FILE_MAX_BYTES) break;
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw new CommandFailed(`Cannot read ${name}: ${reasonOf(error)}.`);
  }
  if (bytes > FILE_MAX_BYTES) throw new CommandFailed(`${name} is larger than ${FILE_MAX_BYTES / MIB} MiB.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new CommandFailed(`${name} is not UTF-8 text.`);
  }
}

/** @param file `-` for standard output. @throws CommandFailed */
export async function writeOutput(file: string, text: string): Promise<void> {
  try {
    if (file === "-") await pipeline([text], process.stdout, { end: false });
    else await replaceFile(file, text);
  } catch (error) {
    throw new CommandFailed(`Cannot write to ${file === "-" ? "standard output" : file}: ${reasonOf(error)}.`);
  }
}

/** Whoever looks finds the file as it was, or all of the text; a backup that fails must not cost the one before. */
async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const found = await stat(target).catch(() => null);
  // A device or a pipe is written to; something in its place would not be what was asked for.
  if (found && !found.isFile()) return writeFile(target, text);
  const temporary = join(dirname(target), `.dateline-export-${randomUUID()}.tmp`);
  const file = await open(temporary, "wx", (found?.mode ?? 0o666) & 0o777);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}
