import type { Stores } from "../../src/store/stores.ts";

/** An engine of its own for one test, with data that nobody else touches. */
export type Harness = {
  stores: Stores;
  /** Another client on the same data, as a second node has; `stores` itself where there can be only one. */
  peer: Stores;
  /** The clients whose commits the subscribers of `stores` hear of. */
  heard: Stores[];
};

/** Of an engine whose data outlives it. */
export type DurableHarness = Harness & {
  /** Closes every client and opens the same data again. */
  reopen(): Promise<Stores>;
  /** Copies the data as it is. @returns what an operator does with a backup: brings the copy back, and opens it. */
  snapshotData(): Promise<() => Promise<Stores>>;
};

export type EngineOptions = { keepCommits?: number; idempotencyWindowMs?: number };
/** What a test's context offers to clean up after it. */
export type Hooks = { after(cleanUp: () => Promise<void>): void };
export type OpenEngine<H extends Harness = Harness> = (hooks: Hooks, options?: EngineOptions) => Promise<H>;
