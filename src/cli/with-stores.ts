import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { readConfig } from "../config.ts";
import { openStores, type StoreSettings } from "../store/open-stores.ts";
import type { Stores } from "../store/stores.ts";
import { CommandFailed } from "./command-failed.ts";
import { noteIfSlow } from "./progress.ts";

/**
 * Works on the store that a server with these settings uses, also while it is running.
 *
 * @param create whether a store may be made where there is none.
 * @param work `place` names the store in messages.
 */
export async function withStores<T>(
  { create }: { create: boolean },
  work: (stores: Stores, place: string) => Promise<T>,
): Promise<T> {
  const settings = readSettings();
  const { redis, dataDirectory } = settings;
  const place = redis ? "Redis" : `the store in ${resolve(dataDirectory)}`;
  if (!create && !redis && !existsSync(dataDirectory)) {
    throw new CommandFailed(`There is no directory ${resolve(dataDirectory)}. DATA_DIR says where the store is.`);
  }
  // What there is to warn of is for whoever runs the server, which says it at its start.
  const opening = openStores(settings, { exclusive: false, onWarning: () => {} });
  const stores = await noteIfSlow(`Opening ${place} …`, opening);
  try {
    return await work(stores, place);
  } finally {
    await stores.close();
  }
}

function readSettings(): StoreSettings {
  // In production a server must be given its admin key. The command line needs none.
  const { NODE_ENV: _productionOrNot, ...env } = process.env;
  const result = readConfig(env);
  if ("config" in result) return result.config;
  throw new CommandFailed(["The settings are wrong:", ...result.problems.map((problem) => `  ${problem}`)].join("\n"));
}
