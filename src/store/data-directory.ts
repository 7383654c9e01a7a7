import { access, constants, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";

const REASONS: Record<string, string> = {
  EACCES: "may not be written to by this user",
  EPERM: "may not be written to by this user",
  EROFS: "is on a file system that is read-only",
  EEXIST: "is no directory",
  ENOTDIR: "is no directory",
  ENOSPC: "is on a disk that is full",
};

/**
 * Makes the directory of the embedded store where there is none, and sees whether the store may write there.
 *
 * @throws with a message for the operator: what SQLite says of it is a number.
 */
export async function prepareDataDirectory(directory: string): Promise<void> {
  try {
    // Drafts and the secret that signs previews are nobody else's.
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK | constants.X_OK);
    // Left by another user, say by a command line that was run as root.
    const files = (await readdir(directory)).filter((name) => name.startsWith("dateline.db"));
    await Promise.all(files.map((name) => access(join(directory, name), constants.R_OK | constants.W_OK)));
  } catch (error) {
    const { code = "", path = directory } = error as NodeJS.ErrnoException;
    const reason = REASONS[code] ?? `cannot be used (${code})`;
    throw new Error(`DATA_DIR=${directory}: ${path} ${reason}${user(code)}. Mend that, or choose another directory.`);
  }
}

/** Who that is, in a container, can rarely be told from outside. */
function user(code: string): string {
  return code === "EACCES" || code === "EPERM" ? `, which is number ${process.getuid?.()}` : "";
}
