import { type ExecFileSyncOptions, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Nothing of the browser's own traffic: on a machine without a network it would only fail, many at a time. */
const QUIET = [
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"],
  ...["--no-first-run", "--disable-gpu"],
];

/** @returns the path of a Chromium, installed with Debian's package manager if there is none. @throws saying how. */
export function findChromium(): string {
  const found = [process.env.CHROMIUM ?? "", ...PLACES].find((place) => existsSync(place));
  if (found) return found;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error(
      "The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium), or set CHROMIUM.",
    );
  }
  console.log("Installing Chromium for the browser tests (apt-get install chromium) …");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options: ExecFileSyncOptions = { env, stdio: ["ignore", "ignore", "inherit"] };
  execFileSync("apt-get", ["-qq", "update"], options);
  execFileSync("apt-get", ["-qq", "install", "-y", "--no-install-recommends", "chromium"], options);
  return findChromium();
}

export function launchChromium(): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: findChromium(), args: [...QUIET, ...asRoot] });
}
