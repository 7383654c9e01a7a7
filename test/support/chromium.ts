import { type Browser, chromium } from "playwright-core";
import { findProgram } from "./debian.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Nothing of the browser's own traffic: on a machine without a network it would only fail, many at a time. */
const QUIET = [
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"],
  ...["--no-first-run", "--disable-gpu"],
];

/** @throws where there is none and it cannot be installed. */
export function findChromium(): string {
  return findProgram({
    title: "Chromium",
    neededBy: "browser tests",
    places: PLACES,
    variable: "CHROMIUM",
    debianPackage: "chromium",
  });
}

/** @param keepsPages for the way back, as readers' browsers do. @default false */
export function launchChromium({ keepsPages = false } = {}): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const ignoreDefaultArgs = keepsPages ? ["--disable-back-forward-cache"] : [];
  return chromium.launch({ executablePath: findChromium(), args: [...QUIET, ...asRoot], ignoreDefaultArgs });
}
