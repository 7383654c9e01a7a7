import { type Access, mayRead } from "../protocol/access.ts";
import type { Frame } from "./frame.ts";
import type { Membership } from "./membership.ts";

/** Why a reader is put out of a story and has to join again. */
export type ResetReason = "history" | "withdrawn" | "removed" | "forbidden" | "slow";

/** Whether a reader may be in a story; an editor of the story always may, also while it is a draft. */
export function mayEnter(access: Access, { origin, isEditor }: Reader): ReturnType<typeof mayRead> {
  return isEditor ? "yes" : mayRead(access, origin);
}

/** By which a reader gets what all get. */
export interface Outlet {
  /** One write; never waits. A reader that is too slow drops its queue and leaves with a reset of its own. [R3] */
  hand(frame: Frame): void;
}

/** Someone who reads along, over whatever connection. */
export interface Reader {
  /** Of the page that the reader is on; undefined when it is no browser, or the page is the service's own. */
  readonly origin: string | undefined;
  /** Holds a key for the story. */
  readonly isEditor: boolean;
  readonly outlet: Outlet;
  /** It was put out of a story. @param reset says so, and must not be dropped, however slow the reader is. */
  expelled(membership: Membership, reset: Frame): void;
}

/** A reader's queue: as long as a healthy one on a bad train ever needs, and bounded all the same. */
export const QUEUE_MAX_EVENTS = 256;
export const QUEUE_MAX_BYTES = 1024 * 1024;
