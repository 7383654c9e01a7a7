/** Every word of the page that no editor wrote, in one language. */
export type Strings = {
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
  minutesAgo(minutes: number): string;
  hoursAgo(hours: number): string;

  skipToUpdates: string;
  allStories: string;
  liveStories: string;
  topicStories(topic: string): string;
  scheduledStories: string;
  endedStories: string;
  nothingLive: string;
  nothingHere: string;
  liveNow: string;
  since(when: string): string;
};

const en: Strings = {
  locale: "en-US",
  live: "Live",
  scheduled: "Scheduled",
  paused: "Paused",
  ended: "Ended",
  draft: "Draft",
  updatedAgo: (when) => `updated ${when}`,
  startsAt: (when) => `coverage starts ${when}`,
  coveragePaused: "coverage will resume",
  draftNotice: "not published yet",
  updatesHeld: "new updates are held back",
  reconnecting: "Reconnecting…",
  offline: "Offline",
  offlineShowing: (time) => `Offline, showing ${time} state`,
  notUpdating: "Not updating. Reload the page to try again.",
  notUpdatingNow: "Not updating. Trying to reconnect…",
  gone: {
    title: "This story is no longer available",
    detail: "The newsroom has taken it down. Nothing of it is kept on this page.",
  },

  newUpdates: (count) => (count === 1 ? "1 new update" : `${count} new updates`),
  pause: "Pause",
  resume: "Resume",
  readerZone: "Show my time zone",
  storyZone: "Show story time zone",
  newMark: "New",
  sinceYouLeft: "New since you left",

  by: "By",
  pinned: "Pinned",
  keyMoments: "Key moments",
  latestUpdates: "Latest updates",
  earlierUpdates: "Earlier updates",
  noUpdatesYet: "No updates yet. They will appear here.",
  olderUpdates: "Older updates",
  newestUpdates: "Newest updates",
  allUpdates: "All updates",
  showMore: "Show more",
  background: "Background",
  topics: "Topics",
  moreStories: (topic) => `More ${topic} stories`,

  attribution: {
    reported: { before: "", after: " reports" },
    confirmed: { before: "Confirmed by ", after: "" },
    disputed: { before: "Disputed: ", after: "" },
  },
  sources: "Sources",
  correctedAt: (when) => `Correction, ${when}`,
  updatedAt: (when) => `Updated ${when}`,
  copyLink: "Copy link",
  copied: "Copied",
  share: "Share",

  justNow: "just now",
  minutesAgo: (minutes) => `${minutes} min ago`,
  hoursAgo: (hours) => `${hours} hr ago`,

  skipToUpdates: "Skip to the latest updates",
  allStories: "All stories",
  liveStories: "Live stories",
  topicStories: (topic) => `${topic} stories`,
  scheduledStories: "Coming up",
  endedStories: "Recently ended",
  nothingLive: "Nothing is live right now.",
  nothingHere: "There are no stories yet. They appear here as soon as the newsroom starts one.",
  liveNow: "Live now",
  since: (when) => `since ${when}`,
};

const tables = new Map<string, Strings>([["en", en]]);

/** The table for a BCP 47 tag, else for its language, else English: never a page in two languages. */
export function stringsFor(language: string): Strings {
  const tag = language.toLowerCase();
  return tables.get(tag) ?? tables.get(tag.split("-")[0] ?? "") ?? en;
}
