import type { Server } from "node:http";
import type { NodeReadiness } from "./http/health.ts";
import type { Stores } from "./store/stores.ts";

/**
 * @property provenAt when a delivery to it was last proven, in milliseconds since 1970; null: never yet.
 * @property places sockets and streams that it holds.
 */
export type WorkerState = { provenAt: number | null; places: number };

/** The other workers of this node, for a service that is one of several. */
export type Colleagues = NodeReadiness & {
  /** @returns null where each worker opens the store itself. */
  joinStores(): Stores | null;
  /** Has the server take connections that come to the node's port, from when the service is introduced. */
  open(server: Server): void;
  /** No more connections are to come. */
  leave(): void;
  /** Sockets and streams that they hold. */
  places(): number;
  /** Metrics of the whole node. */
  metricsText(): Promise<string>;
};
