import type { Spoken } from "./spoken.ts";
import { ar } from "./strings-ar.ts";
import { de } from "./strings-de.ts";
import { en } from "./strings-en.ts";
import { es } from "./strings-es.ts";
import { fr } from "./strings-fr.ts";

/** Every word of the page that no editor wrote, in one language. */
export type Strings = Table & {
  /** What says so where a story is in another language, for which there is no table. */
  spoken: Spoken;
};

export type Table = {
  /** How this language writes dates, numbers and lists. */
  locale: string;
  live: string;
  scheduled: string;
  paused: string;
  ended: string;
  draft: string;
  /** After the status: when the story last changed. */
  updatedAgo(when: string): string;
  startsAt(when: string): string;
  coveragePaused: string;
  draftNotice: string;
  updatesHeld: string;
  reconnecting: string;
  offline: string;
  offlineShowing(time: string): string;
  notUpdating: string;
  /** Of an embed: the page around it is not ours to be reloaded. */
  notUpdatingNow: string;
  gone: { title: string; detail: string };

  newUpdates(count: number): string;
  pause: string;
  resume: string;
  readerZone: string;
  storyZone: string;
  newMark: string;
  sinceYouLeft: string;

  by: string;
  pinned: string;
  keyMoments: string;
  latestUpdates: string;
  earlierUpdates: string;
  noUpdatesYet: string;
  olderUpdates: string;
  newerUpdates: string;
  newestUpdates: string;
  allUpdates: string;
  showMore: string;
  background: string;
  topics: string;
  moreStories(topic: string): string;

  /** What stands before and after the name of the source. */
  attribution: Record<"reported" | "confirmed" | "disputed", { before: string; after: string }>;
  sources: string;
  correctedAt(when: string): string;
  updatedAt(when: string): string;
  copyLink: string;
  copied: string;
  share: string;

  justNow: string;

  skipToUpdates: string;
  allStories: string;
};

const tables = new Map<string, Table>(Object.entries({ ar, de, en, es, fr }));

/** The table for a BCP 47 tag, else for its language, else English: never a page in two languages. */
export function stringsFor(language: string): Strings {
  const tag = language.toLowerCase();
  const table = tables.get(tag) ?? tables.get(tag.split("-")[0] ?? "");
  return table ? { ...table, spoken: {} } : { ...en, spoken: { lang: "en", dir: "ltr" } };
}
