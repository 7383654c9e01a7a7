import { type Command, InvalidArgumentError } from "commander";
import { isSlug } from "../protocol/limits.ts";
import type { StoryArchive } from "../store/archive.ts";
import { CommandFailed } from "./command-failed.ts";
import { readInput, writeOutput } from "./files.ts";
import { noteIfSlow } from "./progress.ts";
import { formatStoryFile, parseStoryFile } from "./story-file.ts";
import { withStores } from "./with-stores.ts";

/** Takes a second to check, most of it for the HTML. */
const LONG_CHARS = 5_000_000;

const GROUP_EXAMPLES = `
Examples:
  dateline stories export election-night > election-night.json
  dateline stories import election-night.json`;

const EXPORT_HELP = `
The file holds everything of the story: entries, earlier revisions, who wrote them, and what was retracted without its
content. Whoever has it can read drafts and Markdown.

Examples:
  dateline stories export election-night > election-night.json
  dateline stories export election-night --output election-night.json
  REDIS_URL=redis://cache.internal dateline stories export election-night --output election-night.json`;

const IMPORT_HELP = `
Ids, times and revisions stay. A new run of the story's clock begins, so readers of the old place start again from a
snapshot. A story is imported only where its slug was never used; a running server shows it at once.

Examples:
  dateline stories import election-night.json
  DATA_DIR=/srv/other dateline stories import election-night.json
  dateline stories export election-night | DATA_DIR=/srv/other dateline stories import -`;

export function storiesCommand(stories: Command): void {
  stories.description("move stories between stores, and back them up").addHelpText("after", GROUP_EXAMPLES);
  stories
    .command("export")
    .description("write a story as one JSON file")
    .argument("<slug>", "the story's slug", parseSlug)
    .option("-o, --output <file>", "where to; replaced as a whole, or not at all (default: standard output)")
    .addHelpText("after", EXPORT_HELP)
    .action((slug: string, { output }: { output?: string }) => exportStory(slug, output ?? "-"));
  stories
    .command("import")
    .description("bring a story in from such a file")
    .argument("<file>", "the file; - for standard input")
    .addHelpText("after", IMPORT_HELP)
    .action(importStory);
}

async function exportStory(slug: string, output: string): Promise<void> {
  const archive = await withStores({ create: false }, async ({ archives }, place) => {
    const found = await noteIfSlow(`Reading "${slug}" …`, archives.exportStory(slug));
    if (!found) throw new CommandFailed(`There is no story "${slug}" in ${place}.`);
    return found;
  });
  await writeOutput(output, formatStoryFile(archive, new Date()));
  if (output !== "-") console.error(`Exported "${slug}": ${countOf(archive)} to ${output}.`);
}

async function importStory(input: string): Promise<void> {
  const text = await readInput(input);
  if (text.length > LONG_CHARS) console.error(`Checking ${Math.round(text.length / 1e6)} MB …`);
  const parsed = parseStoryFile(text);
  if ("problems" in parsed) {
    const lines = parsed.problems.map((problem) => `  ${problem}`);
    throw new CommandFailed(["The file cannot be imported:", ...lines].join("\n"));
  }
  const { archive } = parsed;
  const { slug } = archive;
  await withStores({ create: true }, async ({ archives }, place) => {
    const outcome = await noteIfSlow(`Importing ${countOf(archive)} …`, archives.importStory(archive));
    if (outcome === "taken") {
      throw new CommandFailed(`There is, or was, a story "${slug}" in ${place}. Nothing was imported.`);
    }
  });
  console.error(`Imported "${slug}": ${countOf(archive)}.`);
}

function parseSlug(text: string): string {
  if (isSlug(text)) return text;
  throw new InvalidArgumentError("A slug is lower-case words joined by single hyphens.");
}

function countOf({ items }: StoryArchive): string {
  const entries = items.filter(({ kind }) => kind === "entry").length;
  return entries === 1 ? "1 entry" : `${entries.toLocaleString("en-US")} entries`;
}
