import type { Access } from "../protocol/access.ts";
import type { Position } from "../protocol/position.ts";
import type { StoredChange } from "./records.ts";

/** How nodes hear of commits. At most once and only while subscribed: feeds repair what is missing from the store. */
export interface Announcements {
  /**
   * Resolves once the subscription is in force: whatever is committed from then on is announced, in the order of
   * commits. @returns its undo.
   */
  subscribe(slug: string, listener: AnnouncementListener): Promise<() => void>;

  /** Sends a nonce through the fan-out and waits for it to come back on the path of the announcements. */
  probe(): Promise<void>;
}

export type AnnouncementListener = {
  announced(announcement: Announcement): void;
  /** Announcements do not arrive from now on, until `interrupted` is called. */
  lost?(): void;
  /** Announcements may have been lost since the last one; those that follow this call are complete again. */
  interrupted(): void;
};

export type Announcement =
  | {
      kind: "commit";
      epoch: string;
      /** The head before and after: `(from, to]`. */
      from: number;
      to: number;
      tag: string;
      /** The tag of the commit before: a node whose own differs is on another history. */
      previousTag: string | null;
      access: Access;
      changes: StoredChange[];
    }
  | { kind: "renewed"; head: Position }
  | { kind: "removed" };
