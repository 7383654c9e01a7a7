import type { Announcements } from "./announcements.ts";
import type { Catalogue } from "./catalogue.ts";
import type { KeyStore } from "./key-store.ts";
import type { StoryRecords } from "./story-records.ts";
import type { TimelineStore } from "./timeline-store.ts";

/** All ports over one engine. */
export type Stores = {
  timelines: TimelineStore;
  records: StoryRecords;
  announcements: Announcements;
  catalogue: Catalogue;
  keys: KeyStore;
  /** Closes the engine and with it every port. Safe to call twice. */
  close(): Promise<void>;
};
