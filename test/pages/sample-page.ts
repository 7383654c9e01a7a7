import type { LivePageModel } from "../../src/pages/live-page.tsx";
import type { Entry, Image, Story } from "../../src/protocol/shapes.ts";
import { VirtualStory } from "../support/virtual-story.ts";

/** 2:05 AM in Chicago. */
export const PUBLISHED_AT = Date.UTC(2024, 5, 19, 7, 5);

export const photo: Image = {
  ...{ url: "https://images.example.com/count.jpg", alt: "Ballots on a table", width: 1200, height: 800 },
  ...{ caption: "The count at midnight", credit: "Ruth Amsel" },
};

export const assets = {
  "dateline.css": "/assets/dateline-abc.css",
  "live-page.js": "/assets/live-page-abc.js",
  "icon.svg": "/assets/icon-abc.svg",
};

type Sample = { story?: Partial<Story>; entry?: Partial<Entry>; model?: Partial<LivePageModel> };

/** A page of a story with an older and a newer entry; `entry` is merged into the newer. */
export function samplePage({ story, entry, model }: Sample = {}): LivePageModel {
  const virtual = new VirtualStory("votes", () => PUBLISHED_AT);
  virtual.patch({ headline: "Votes are counted", timeZone: "America/Chicago", ...story });
  virtual.publish(60_000);
  virtual.publish();
  const snapshot = virtual.snapshot(30);
  const [newest, ...rest] = snapshot.entries;
  return {
    site: "https://live.example.com",
    publisher: { name: "The Prairie Ledger", logoUrl: "https://live.example.com/logo.png" },
    assets,
    snapshot: { ...snapshot, entries: [{ ...newest, ...entry } as Entry, ...rest] },
    ...{
      isNewestPage: true,
      before: null,
      newer: null,
      pinned: null,
      keyEntries: [],
      isWhole: true,
      entryId: null,
      preview: null,
    },
    ...model,
  };
}
