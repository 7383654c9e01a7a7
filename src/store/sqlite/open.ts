import type { Stores } from "../stores.ts";
import type { Tallies } from "../tallies.ts";
import { Connection } from "./connection.ts";
import type { StoreLink } from "./messages.ts";
import { type SqliteOptions, startStoreThread } from "./start-thread.ts";
import { StoreHub } from "./store-hub.ts";
import { ownTallies } from "./tallies.ts";

/**
 * All ports over one SQLite file. Every acknowledged write is on the disk. The work is done in a thread of its own;
 * announcements reach the listeners of this process.
 *
 * @throws {CannotOpenStore}
 */
export async function openSqliteStores(options: SqliteOptions): Promise<Stores> {
  return storesOver(new Connection(await startStoreThread(options)), ownTallies());
}

/** The same for several processes: this one has the file, those that join have all ports over it. @throws {CannotOpenStore} */
export async function openSqliteHub(options: SqliteOptions): Promise<StoreHub> {
  return new StoreHub(await startStoreThread(options), ownTallies());
}

/** All ports of the store at the other end of the link, which a hub has let in. */
export function joinSqliteStores(link: StoreLink): Stores {
  const connection = new Connection(link);
  return storesOver(connection, {
    share: (slug, node, count, forMs) => connection.call("share", slug, node, count, forMs),
    count: (key, windowMs) => connection.call("count", key, windowMs),
  });
}

function storesOver(connection: Connection, tallies: Tallies): Stores {
  const close = () => connection.close();
  return {
    timelines: {
      load: (slug, limit) => connection.call("load", slug, limit),
      changesSince: (slug, position) => connection.call("changesSince", slug, position),
      page: (slug, edge, limit) => connection.call("page", slug, edge, limit),
      commit: (slug, commit) => connection.call("commit", slug, commit),
      renewEpoch: (slug, epoch) => connection.call("renewEpoch", slug, epoch),
      close,
    },
    records: {
      read: (slug, want) => connection.call("read", slug, want),
      revisions: (slug, entryId) => connection.call("revisions", slug, entryId),
      eraseRevision: (slug, entryId, revision) => connection.call("eraseRevision", slug, entryId, revision),
    },
    announcements: {
      subscribe: (slug, listener) => connection.subscribe(slug, listener),
      probe: () => connection.probe(),
    },
    catalogue: {
      list: (query) => connection.call("list", query),
    },
    keys: {
      findKey: (sha256) => connection.call("findKey", sha256),
      addKey: (key) => connection.call("addKey", key),
      listKeys: () => connection.call("listKeys"),
      revokeKey: (id, at) => connection.call("revokeKey", id, at),
      signingSecret: () => connection.call("signingSecret"),
    },
    archives: {
      exportStory: (slug) => connection.call("exportStory", slug),
      importStory: (archive) => connection.call("importStory", archive),
    },
    tallies,
    // Nothing is answered before it is out of the files.
    erasuresPending: () => false,
    close,
  };
}
