import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

export type Script = { text: string; sha1: string };

/**
 * Writes are refused as a whole while Redis has no memory left, before they begin; those that withdraw something are
 * carried out all the same.
 */
const FLAGS = { read: "no-writes", write: "", withdraw: "allow-oom" };

export const scripts = {
  load: ofStory("load", "read"),
  changesSince: ofStory("changes-since", "read"),
  page: ofStory("page", "read"),
  read: ofStory("read", "read"),
  revisions: ofStory("revisions", "read"),
  commit: ofStory("commit", "write"),
  withdraw: ofStory("commit", "withdraw"),
  renewEpoch: ofStory("renew-epoch", "withdraw"),
  eraseRevision: ofStory("erase-revision", "withdraw"),
  exportStory: ofStory("export", "read"),
  importStory: ofStory("import", "write"),
  listing: ofStory("listing", "read"),
  list: alone("list", "read"),
  catalogue: alone("catalogue", "write"),
  addKey: alone("add-key", "write"),
  findKey: alone("find-key", "read"),
  listKeys: alone("list-keys", "read"),
  revokeKey: alone("revoke-key", "withdraw"),
  share: alone("share", "write"),
  count: alone("count", "write"),
  claimRewrite: alone("claim-rewrite", "withdraw"),
};

function ofStory(name: string, kind: keyof typeof FLAGS): Script {
  return script(kind, [source("story"), source(name)]);
}

function alone(name: string, kind: keyof typeof FLAGS): Script {
  return script(kind, [source(name)]);
}

function script(kind: keyof typeof FLAGS, parts: string[]): Script {
  const text = [`#!lua flags=${FLAGS[kind]}`, ...parts].join("\n");
  return { text, sha1: createHash("sha1").update(text).digest("hex") };
}

function source(name: string): string {
  return readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), "utf8");
}
