import { compareEntries, type EntryKey } from "../protocol/entry-order.ts";
import { storyUrl, withPreview } from "../protocol/links.ts";
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
  /** Cursor of the page above; null when that is the newest page. */
  newer: string | null;
  isNewestPage: boolean;
  targetId: string | null;
  clock: Clock;
  live: LiveControls | null;
  preview: string | null;
};

export const UPDATES_ID = "updates";

export function TimelineSection(props: TimelineProps) {
  const { story, entries, older, newer, isNewestPage, targetId, clock, live, preview } = props;
  const { strings } = clock;
  const isEmpty = entries.length === 0 && isNewestPage && older === null && !live?.pending;
  return (
    <section class="updates" id={UPDATES_ID} aria-labelledby="updates-heading">
      <div class="section-heading">
        <h2 id="updates-heading" tabIndex={-1} {...strings.spoken}>
          {isNewestPage ? strings.latestUpdates : strings.earlierUpdates}
        </h2>
        {live?.zone ? (
          <button type="button" class="zone-toggle" {...strings.spoken} onClick={live.on.toggleZone}>
            {live.zone === "story" ? strings.readerZone : strings.storyZone}
          </button>
        ) : null}
      </div>
      {isNewestPage ? null : <NewerLinks slug={story.slug} newer={newer} strings={strings} preview={preview} />}
      {isEmpty ? (
        <p class="empty" {...strings.spoken}>
          {strings.noUpdatesYet}
        </p>
      ) : null}
      <ol class="timeline">
        {entries.flatMap((entry, index) => [
          leftOffBefore(entries, index, live?.leftOff ?? null) ? (
            <li key="left-off" class="left-off" {...strings.spoken}>
              {strings.sinceYouLeft}
            </li>
          ) : null,
          <li key={entry.id}>
            <EntryArticle
              entry={entry}
              href={withPreview(entry.url, preview)}
              clock={clock}
              live={live}
              isTarget={entry.id === targetId}
            />
          </li>,
        ])}
      </ol>
      {older ? (
        <p class="paging">
          <a href={pageUrl(story.slug, older, preview)} rel="next" {...strings.spoken}>
            {strings.olderUpdates}
          </a>
        </p>
      ) : null}
    </section>
  );
}

type NewerLinksProps = { slug: string; newer: string | null; strings: Strings; preview: string | null };

function NewerLinks({ slug, newer, strings, preview }: NewerLinksProps) {
  return (
    <p class="paging paging--newer">
      <a href={pageUrl(slug, null, preview)} {...strings.spoken}>
        {strings.newestUpdates}
      </a>
      {newer ? (
        <a href={pageUrl(slug, newer, preview)} rel="prev" {...strings.spoken}>
          {strings.newerUpdates}
        </a>
      ) : null}
    </p>
  );
}

function pageUrl(slug: string, before: string | null, preview: string | null): string {
  return withPreview(`${storyUrl("", slug)}${before ? `?before=${before}` : ""}#${UPDATES_ID}`, preview);
}

/** Whether the entry at `index` is the first one that the reader had before leaving, below one that is new since. */
function leftOffBefore(entries: readonly Entry[], index: number, leftOff: EntryKey | null): boolean {
  const [above, below] = [entries[index - 1], entries[index]];
  if (!leftOff || !above || !below) return false;
  return compareEntries(above, leftOff) < 0 && compareEntries(below, leftOff) >= 0;
}
