import type { EntryKey } from "../protocol/entry-order.ts";
import type { Entry } from "../protocol/shapes.ts";

/** What a page that is alive adds to the story. A page without JavaScript has none of it. */
export type LiveControls = {
  /** New entries that wait behind the button. */
  pending: number;
  /** By the reader: new entries wait even at the top of the page. */
  paused: boolean;
  /** Entries to be marked new. */
  fresh: ReadonlySet<string>;
  /** What sorts above came while the reader was away. */
  leftOff: EntryKey | null;
  /** For screen readers; empty when there is nothing to say. */
  announcement: string;
  /** Whose zone times are written in; null when the reader lives in the story's. */
  zone: "story" | "reader" | null;
  /** The entry whose link was just copied. */
  copiedId: string | null;
  /** What this browser is able to do. */
  can: { copy: boolean; share: boolean };
  on: {
    showNew(): void;
    togglePause(): void;
    toggleZone(): void;
    copyLink(entry: Entry): void;
    share(entry: Entry): void;
  };
};

/** What is known of the connection. `since` is milliseconds since 1970: how old the state on the page is. */
export type Liveness =
  | { kind: "unknown" }
  | { kind: "live" }
  | { kind: "reconnecting" }
  | { kind: "offline"; since: number | null }
  | { kind: "stopped" };
