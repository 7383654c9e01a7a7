import { compareEntries, type EntryKey } from "../protocol/entry-order.ts";
import { storyUrl } from "../protocol/links.ts";
import type { Entry, Story } from "../protocol/shapes.ts";
import type { Clock } from "./dates.ts";
import { EntryArticle } from "./entry-article.tsx";
import type { LiveControls } from "./live-controls.ts";
import type { Strings } from "./strings.ts";

type TimelineProps = {
  story: Story;
  /** Newest first. */
  entries: readonly Entry[];
  /** Cursor of the next older page. */
  older: string | null;
  isNewestPage: boolean;
  targetId: string | null;
  clock: Clock;
  live: LiveControls | null;
};

export const UPDATES_ID = "updates";

export function TimelineSection({ story, entries, older, isNewestPage, targetId, clock, live }: TimelineProps) {
  const { strings } = clock;
  return (
    <section class="updates" id={UPDATES_ID} aria-labelledby="updates-heading">
      <div class="section-heading">
        <h2 id="updates-heading" tabIndex={-1}>
          {isNewestPage ? strings.latestUpdates : strings.earlierUpdates}
        </h2>
        {live?.zone ? (
          <button type="button" class="zone-toggle" onClick={live.on.toggleZone}>
            {live.zone === "story" ? strings.readerZone : strings.storyZone}
          </button>
        ) : null}
      </div>
      {isNewestPage ? null : <NewestLink slug={story.slug} strings={strings} />}
      {entries.length === 0 && isNewestPage ? <p class="empty">{strings.noUpdatesYet}</p> : null}
      <ol class="timeline">
        {entries.flatMap((entry, index) => [
          leftOffBefore(entries, index, live?.leftOff ?? null) ? (
            <li key="left-off" class="left-off">
              {strings.sinceYouLeft}
            </li>
          ) : null,
          <li key={entry.id}>
            <EntryArticle entry={entry} clock={clock} live={live} isTarget={entry.id === targetId} />
          </li>,
        ])}
      </ol>
      {older ? (
        <p class="paging">
          <a href={`${storyUrl("", story.slug)}?before=${older}#${UPDATES_ID}`} rel="next">
            {strings.olderUpdates}
          </a>
        </p>
      ) : null}
    </section>
  );
}

function NewestLink({ slug, strings }: { slug: string; strings: Strings }) {
  return (
    <p class="paging paging--newest">
      <a href={`${storyUrl("", slug)}#${UPDATES_ID}`}>{strings.newestUpdates}</a>
    </p>
  );
}

/** Whether the entry at `index` is the first one that the reader had before leaving, below one that is new since. */
function leftOffBefore(entries: readonly Entry[], index: number, leftOff: EntryKey | null): boolean {
  const [above, below] = [entries[index - 1], entries[index]];
  if (!leftOff || !above || !below) return false;
  return compareEntries(above, leftOff) < 0 && compareEntries(below, leftOff) >= 0;
}
