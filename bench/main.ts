import { benchPages, PAGES_HELP } from "./pages.ts";
import { benchScaling } from "./scaling.ts";

const HELP = `Usage: npm run bench -- <name> [options]

  pages    the live page beside nginx
  scaling  what readers, publishes, joins and nodes cost (docs/scaling.md)

Each has a --help of its own. All load is on this machine, bounded, and ends by itself.
`;

process.exitCode = await run(process.argv.slice(2));

async function run([name, ...options]: string[]): Promise<number> {
  if (name === "scaling") return benchScaling(options);
  if (name === "pages" && options.every((option) => option === "--quick")) {
    await benchPages(options.length > 0);
    return 0;
  }
  console.error(name === "pages" ? PAGES_HELP : HELP);
  return 2;
}
