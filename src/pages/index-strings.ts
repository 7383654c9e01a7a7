/** Words of the pages that list stories in whatever languages, and are themselves in English. */
export const indexStrings = {
  liveStories: "Live stories",
  topicStories: (topic: string) => `${topic} stories`,
  scheduledStories: "Coming up",
  endedStories: "Recently ended",
  nothingLive: "Nothing is live right now.",
  nothingHere: "There are no stories yet. They appear here as soon as the newsroom starts one.",
  liveNow: "Live now",
  since: (when: string) => `since ${when}`,
};
