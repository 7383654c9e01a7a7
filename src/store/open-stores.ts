import { join } from "node:path";
import { prepareDataDirectory } from "./data-directory.ts";
import { openRedisStores } from "./redis/open.ts";
import { openSqliteHub, openSqliteStores } from "./sqlite/open.ts";
import type { StoreHub } from "./sqlite/store-hub.ts";
import type { Stores } from "./stores.ts";

export type StoreSettings = {
  /** Null: the embedded store. */
  redis: { url: string; prefix: string; minReplicas: number } | null;
  dataDirectory: string;
};

export type OpenStoresOptions = {
  /** Whether this is the one server of an embedded store; the command line is not. */
  exclusive: boolean;
  onWarning: (warning: string) => void;
};

/** The engine that the settings name. @throws with a message for the operator. */
export async function openStores(
  { redis, dataDirectory }: StoreSettings,
  { exclusive, onWarning }: OpenStoresOptions,
): Promise<Stores> {
  if (redis) return openRedisStores({ ...redis, onWarning });
  return openSqliteStores({ file: await databaseFile(dataDirectory), exclusive });
}

/** The embedded store, for processes that share it. @throws with a message for the operator. */
export async function openStoreHub({ dataDirectory }: StoreSettings): Promise<StoreHub> {
  return openSqliteHub({ file: await databaseFile(dataDirectory), exclusive: true });
}

async function databaseFile(dataDirectory: string): Promise<string> {
  await prepareDataDirectory(dataDirectory);
  return join(dataDirectory, "dateline.db");
}
