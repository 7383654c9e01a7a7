import type { PlacedText } from "./placement.ts";
import type { EntryBody, StoredChange, StoredEntry, StoredItem, StoredStory, StoryBody } from "./records.ts";

/** From what engines keep to the shapes of the ports. What is announced is made of the same text that was stored. */

export function toChange(row: PlacedText): StoredChange {
  const { kind, seq, changedAt: at } = row;
  switch (kind) {
    case "entry":
      return { kind, seq, at, entry: toEntry(row) };
    case "retraction":
      return { kind, seq, at, tombstone: toTombstone(row) };
    case "story":
      return { kind, seq, at, story: toStory(row) };
    case "background":
      return { kind, seq, at, background: toBackground(row) };
  }
}

/** With what only editors see. */
export function toItem(row: PlacedText, allowedOrigins: readonly string[]): StoredItem {
  const { kind, seq, markdown } = row;
  switch (kind) {
    case "entry":
      return { kind, seq, entry: toEntry(row), markdown: markdown ?? "" };
    case "retraction":
      return { kind, seq, tombstone: toTombstone(row) };
    case "story":
      return { kind, seq, story: toStory(row), allowedOrigins: [...allowedOrigins] };
    case "background":
      return { kind, seq, background: toBackground(row), markdown };
  }
}

export function toEntry({ body, seq, firstSeq, revision, firstAt, changedAt }: PlacedText): StoredEntry {
  const updatedAt = revision > 1 ? changedAt : null;
  return { ...(parse(body) as EntryBody), seq, firstSeq, revision, publishedAt: firstAt, updatedAt };
}

export function toStory({ body, seq, firstAt, changedAt }: PlacedText): StoredStory {
  return { ...(parse(body) as StoryBody), seq, createdAt: firstAt, updatedAt: changedAt };
}

export function toBackground({ body, seq }: PlacedText) {
  return body === null ? null : { seq, html: body };
}

function toTombstone({ item, seq, firstSeq, changedAt }: PlacedText) {
  return { id: item, seq, firstSeq, retracted: true as const, retractedAt: changedAt };
}

function parse(body: string | null): unknown {
  if (body === null) throw new Error("An item has lost its text.");
  return JSON.parse(body);
}
