import type { Stores } from "./stores.ts";
import type { Commit, CommitResult } from "./timeline-store.ts";

export type ReadReason = "load" | "changes" | "page" | "record" | "list";

/** Told of what operators count. */
export type StoreObserver = {
  read(reason: ReadReason): void;
  committed(result: CommitResult, seconds: number): void;
  commitFailed(seconds: number): void;
};

/** The same stores, with somebody looking on. */
export function observedStores(stores: Stores, observer: StoreObserver): Stores {
  const { timelines, records, catalogue } = stores;
  const counted = <A extends unknown[], R>(reason: ReadReason, read: (...args: A) => R) => {
    return (...args: A): R => {
      observer.read(reason);
      return read(...args);
    };
  };
  const commit = async (slug: string, commit: Commit): Promise<CommitResult> => {
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1_000;
    try {
      const result = await timelines.commit(slug, commit);
      observer.committed(result, seconds());
      return result;
    } catch (error) {
      observer.commitFailed(seconds());
      throw error;
    }
  };
  return {
    ...stores,
    timelines: {
      load: counted("load", (slug, limit) => timelines.load(slug, limit)),
      changesSince: counted("changes", (slug, position) => timelines.changesSince(slug, position)),
      page: counted("page", (slug, edge, limit) => timelines.page(slug, edge, limit)),
      commit,
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
