import { type Command, InvalidArgumentError, Option } from "commander";
import { KEY_NAME_MAX_CHARS, type KeyRequest, Keys } from "../editorial/keys.ts";
import { isSlug } from "../protocol/limits.ts";
import type { StoredKey } from "../store/key-store.ts";
import type { StoryRecords } from "../store/story-records.ts";
import { CommandFailed } from "./command-failed.ts";
import { writeOutput } from "./files.ts";
import { tableOf } from "./table.ts";
import { withStores } from "./with-stores.ts";

const GROUP_EXAMPLES = `
Examples:
  dateline keys create --name "Night desk" --story election-night
  dateline keys list
  dateline keys revoke 019ab0c4-5f0e-7c3a-9d2b-3f1e5a7c9b10`;

const CREATE_HELP = `
The key alone is written to standard output, and shown only this once: the store keeps a hash of it. An editor's key
without --story edits every story. Running servers know the key at once.

Examples:
  dateline keys create --name "News desk"
  dateline keys create --name "Night desk" --story election-night --story storm > night-desk.key
  dateline keys create --name Operations --role admin
  REDIS_URL=redis://cache.internal dateline keys create --name "News desk"`;

const LIST_HELP = `
Oldest first, revoked ones too. The keys themselves are not kept anywhere. ADMIN_KEY is a setting and not listed.

Examples:
  dateline keys list
  DATA_DIR=/srv/other dateline keys list`;

const REVOKE_HELP = `
Every running server refuses the key within 5 seconds. Revoking it again changes nothing. What it has published stays.

Examples:
  dateline keys revoke 019ab0c4-5f0e-7c3a-9d2b-3f1e5a7c9b10`;

type CreateOptions = { name: string; story?: string[]; role: KeyRequest["role"] };

export function keysCommand(keys: Command): void {
  keys.description("say who may edit").addHelpText("after", GROUP_EXAMPLES);
  keys
    .command("create")
    .description("make a key for an editor or an admin")
    .requiredOption("--name <name>", "whose it is, for lists and logs", parseName)
    .option("--story <slug>", "a story that it is limited to; may be given more than once", addSlug)
    .addOption(new Option("--role <role>", "what it may do").choices(["editor", "admin"]).default("editor"))
    .addHelpText("after", CREATE_HELP)
    .action((options: CreateOptions, command: Command) => createKey(requestOf(options, command)));
  keys.command("list").description("show all keys").addHelpText("after", LIST_HELP).action(listKeys);
  keys
    .command("revoke")
    .description("make a key worthless")
    .argument("<id>", "its id, as keys list shows it")
    .addHelpText("after", REVOKE_HELP)
    .action(revokeKey);
}

function requestOf({ name, story, role }: CreateOptions, command: Command): KeyRequest {
  if (role === "admin" && story) {
    command.error("error: an admin's key is for every story. Leave out --story, or make an editor's key.");
  }
  return { name, role, stories: story ? [...new Set(story)] : null };
}

async function createKey(request: KeyRequest): Promise<void> {
  const { name, role, stories } = request;
  const secret = await withStores({ create: true }, async ({ keys, records }, place) => {
    const created = await new Keys(keys, null).create(request);
    const scope = stories ? stories.join(", ") : "every story";
    console.error(`Created key ${created.id} for "${name}" in ${place}: ${role} of ${scope}.`);
    for (const slug of await unknownOf(records, stories ?? [])) console.error(`There is no story "${slug}" yet.`);
    return created.secret;
  });
  await writeOutput("-", `${secret}\n`);
  console.error("It is shown only this once.");
}

/** A slug with a slip in it would be noticed by the editor only, and late. */
async function unknownOf(records: StoryRecords, slugs: string[]): Promise<string[]> {
  const found = await Promise.all(slugs.map((slug) => records.read(slug, { items: [] })));
  return slugs.filter((_slug, index) => found[index] === null);
}

async function listKeys(): Promise<void> {
  const keys = await withStores({ create: false }, async (stores, place) => {
    const found = await stores.keys.listKeys();
    if (found.length === 0) console.error(`There are no keys in ${place}. Make one with dateline keys create.`);
    return found;
  });
  if (keys.length === 0) return;
  const heading = ["ID", "NAME", "ROLE", "STORIES", "CREATED", "REVOKED"];
  await writeOutput("-", tableOf([heading, ...keys.map(rowOf)]));
}

function rowOf({ id, name, role, stories, createdAt, revokedAt }: StoredKey): string[] {
  return [id, name, role, stories?.join(",") ?? "all", createdAt, revokedAt ?? "-"];
}

async function revokeKey(id: string): Promise<void> {
  await withStores({ create: false }, async ({ keys }, place) => {
    const key = (await keys.listKeys()).find((one) => one.id === id);
    if (!key) throw new CommandFailed(unknownKey(id, place));
    // Also where it was revoked before: replicas may not have confirmed it then.
    await keys.revokeKey(id, new Date().toISOString());
    if (key.revokedAt !== null) return console.error(`Key ${id} of "${key.name}" was revoked at ${key.revokedAt}.`);
    console.error(`Revoked key ${id} of "${key.name}". Every running server refuses it within 5 seconds.`);
  });
}

function unknownKey(id: string, place: string): string {
  // What may be a key itself is not repeated: it would stand in terminals and logs.
  if (id.startsWith("dl_")) return "That looks like a key itself. Keys are revoked by id: see dateline keys list.";
  return `There is no key "${id}" in ${place}. See dateline keys list.`;
}

function parseName(text: string): string {
  const name = text.trim();
  if (name.length > 0 && name.length <= KEY_NAME_MAX_CHARS && !/\p{C}/u.test(name)) return name;
  throw new InvalidArgumentError(`A name has 1 to ${KEY_NAME_MAX_CHARS} characters, all of them printable.`);
}

function addSlug(text: string, before: string[] = []): string[] {
  if (isSlug(text)) return [...before, text];
  throw new InvalidArgumentError("A slug is lower-case words joined by single hyphens.");
}
