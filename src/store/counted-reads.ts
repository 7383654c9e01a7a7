import type { Stores } from "./stores.ts";

export type ReadReason = "load" | "changes" | "page" | "record" | "list";

/** The same stores, of whose reads somebody keeps count. */
export function countedReads(stores: Stores, count: (reason: ReadReason) => void): Stores {
  const { timelines, records, catalogue } = stores;
  const counted = <A extends unknown[], R>(reason: ReadReason, read: (...args: A) => R) => {
    return (...args: A): R => {
      count(reason);
      return read(...args);
    };
  };
  return {
    ...stores,
    timelines: {
      load: counted("load", (slug, limit) => timelines.load(slug, limit)),
      changesSince: counted("changes", (slug, position) => timelines.changesSince(slug, position)),
      page: counted("page", (slug, edge, limit) => timelines.page(slug, edge, limit)),
      commit: (slug, commit) => timelines.commit(slug, commit),
      renewEpoch: (slug, epoch) => timelines.renewEpoch(slug, epoch),
      close: () => timelines.close(),
    },
    records: {
      read: counted("record", (slug, want) => records.read(slug, want)),
      revisions: (slug, entryId) => records.revisions(slug, entryId),
      eraseRevision: (slug, entryId, revision) => records.eraseRevision(slug, entryId, revision),
    },
    catalogue: { list: counted("list", (query) => catalogue.list(query)) },
  };
}
