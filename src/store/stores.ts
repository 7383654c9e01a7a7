import type { Announcements } from "./announcements.ts";
import type { StoryArchives } from "./archive.ts";
import type { Catalogue } from "./catalogue.ts";
import type { KeyStore } from "./key-store.ts";
import type { StoryRecords } from "./story-records.ts";
import type { Tallies } from "./tallies.ts";
import type { TimelineStore } from "./timeline-store.ts";

/** All ports over one engine. */
export type Stores = {
  timelines: TimelineStore;
  records: StoryRecords;
  announcements: Announcements;
  catalogue: Catalogue;
  keys: KeyStore;
  archives: StoryArchives;
  tallies: Tallies;
  /** Whether text that was withdrawn may still be in files of the engine. [S6] */
  erasuresPending(): boolean;
  /** Closes the engine and with it every port. Safe to call twice. */
  close(): Promise<void>;
};
