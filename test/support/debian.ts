import { type ExecFileSyncOptions, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

export type SystemProgram = {
  /** As messages call it. */
  title: string;
  /** What needs it, in the plural. */
  neededBy: string;
  /** Where it may stand, the best first. */
  places: string[];
  /** Names a place on machines where it stands elsewhere. */
  variable: string;
  debianPackage: string;
};

/** @returns the path of the program, installed with Debian's package manager if there is none. @throws saying how. */
export function findProgram(program: SystemProgram): string {
  const { title, neededBy, places, variable, debianPackage } = program;
  const found = [process.env[variable] ?? "", ...places].find((place) => existsSync(place));
  if (found) return found;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error(
      `The ${neededBy} need ${title}. Install it (Debian: sudo apt-get install ${debianPackage}), or set ${variable}.`,
    );
  }
  console.log(`Installing ${title} for the ${neededBy} (apt-get install ${debianPackage}) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options: ExecFileSyncOptions = { env, stdio: ["ignore", "ignore", "inherit"] };
  execFileSync("apt-get", ["-qq", "update"], options);
  execFileSync("apt-get", ["-qq", "install", "-y", "--no-install-recommends", debianPackage], options);
  const installed = places.find((place) => existsSync(place));
  if (installed === undefined) throw new Error(`${title} is not at ${places.join(" or ")} after its installation.`);
  return installed;
}
