import { compareEntries, type EntryKey } from "../protocol/entry-order.ts";
import type { Entry } from "../protocol/shapes.ts";
import { type Clock, formatLater } from "./dates.ts";
import { excerpt, plainText } from "./plain-text.ts";
import { spokenIn } from "./spoken.ts";

/** What the jump list says of an entry that is more than an update. */
export type KeyMoment = EntryKey & Pick<Entry, "id" | "importance" | "url" | "language"> & { title: string };

const UNTITLED_CHARS = 80;
/** A longer list helps nobody to find anything. */
export const MOMENTS_MAX = 100;

export function keyMomentOf({ headline, html, ...entry }: Entry): KeyMoment {
  const { id, publishedAt, firstSeq, importance, url, language } = entry;
  return {
    id,
    publishedAt,
    firstSeq,
    importance,
    url,
    language,
    title: headline ?? excerpt(plainText(html), UNTITLED_CHARS),
  };
}

/** Those of them that the jump list has room for, newest first. */
export function listed(moments: Iterable<KeyMoment>): KeyMoment[] {
  return [...moments].sort(compareEntries).slice(0, MOMENTS_MAX);
}

type KeyMomentsProps = {
  /** Newest first. */
  moments: readonly KeyMoment[];
  hrefOf(moment: KeyMoment): string;
  clock: Clock;
};

export function KeyMoments({ moments, hrefOf, clock }: KeyMomentsProps) {
  const newest = moments[0];
  if (!newest) return null;
  return (
    <nav class="key-moments" aria-labelledby="key-moments-heading">
      <h2 id="key-moments-heading" {...clock.strings.spoken}>
        {clock.strings.keyMoments}
      </h2>
      <ol>
        {moments.map((moment) => (
          <li key={moment.id} class={`moment moment--${moment.importance}`}>
            <a href={hrefOf(moment)}>
              <time dateTime={moment.publishedAt} {...clock.strings.spoken}>
                {formatLater(moment.publishedAt, newest.publishedAt, clock)}
              </time>{" "}
              <span class="moment-headline" {...spokenIn(moment.language)}>
                {moment.title}
              </span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
