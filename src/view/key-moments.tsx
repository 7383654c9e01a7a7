import type { Entry } from "../protocol/shapes.ts";
import { type Clock, formatLater } from "./dates.ts";
import { excerpt, plainText } from "./plain-text.ts";

const UNTITLED_CHARS = 80;

type KeyMomentsProps = {
  /** Newest first. */
  entries: readonly Entry[];
  hrefOf(entry: Entry): string;
  clock: Clock;
};

export function KeyMoments({ entries, hrefOf, clock }: KeyMomentsProps) {
  const newest = entries[0];
  if (!newest) return null;
  return (
    <nav class="key-moments" aria-labelledby="key-moments-heading">
      <h2 id="key-moments-heading">{clock.strings.keyMoments}</h2>
      <ol>
        {entries.map((entry) => (
          <li key={entry.id} class={`moment moment--${entry.importance}`}>
            <a href={hrefOf(entry)}>
              <time dateTime={entry.publishedAt}>{formatLater(entry.publishedAt, newest.publishedAt, clock)}</time>{" "}
              <span class="moment-headline">{entry.headline ?? excerpt(plainText(entry.html), UNTITLED_CHARS)}</span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** What belongs into the jump list: whatever the newsroom marked as more than an update. */
export function isKeyMoment(entry: Entry): boolean {
  return entry.importance !== "normal";
}
