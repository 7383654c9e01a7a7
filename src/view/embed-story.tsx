import { EntryArticle } from "./entry-article.tsx";
import type { LiveControls } from "./live-controls.ts";
import type { LiveStoryProps } from "./live-story.tsx";
import { StatusLine } from "./status-line.tsx";
import type { Strings } from "./strings.ts";

export type EmbedStoryProps = Pick<
  LiveStoryProps,
  "story" | "entries" | "lastUpdate" | "liveness" | "clock" | "live"
> & {
  /** Makes room for what does not fit; null where it all does, or where the height is fixed. */
  onGrow: (() => void) | null;
};

/** A story in a small place on somebody else's page: its newest entries, and the way to all of it. */
export function EmbedStory({ story, entries, lastUpdate, liveness, clock, live, onGrow }: EmbedStoryProps) {
  const { strings } = clock;
  return (
    <section class="embed" part="story" lang={story.language} dir={story.direction} aria-labelledby="embed-headline">
      <header class="embed-header" part="header">
        <h2 id="embed-headline" class="embed-headline" part="headline">
          <a href={story.url}>{story.headline}</a>
        </h2>
        <StatusLine story={story} lastUpdate={lastUpdate} liveness={liveness} clock={clock} live={live} />
      </header>
      <div class="embed-body">
        <NewUpdates strings={strings} live={live} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
        <section class="embed-updates" part="updates" aria-label={strings.latestUpdates} tabIndex={0}>
          {entries.length === 0 ? (
            <p class="empty" {...strings.spoken}>
              {strings.noUpdatesYet}
            </p>
          ) : null}
          <ol class="timeline">
            {entries.map((entry) => (
              <li key={entry.id} part="entry">
                <EntryArticle entry={entry} href={entry.url} clock={clock} live={live} isTarget={false} />
              </li>
            ))}
          </ol>
        </section>
      </div>
      <footer class="embed-footer" part="footer">
        <a href={story.url} class="embed-more" {...strings.spoken}>
          {strings.allUpdates}
        </a>
        {onGrow ? (
          <button type="button" class="grow" part="grow" {...strings.spoken} onClick={onGrow}>
            {strings.showMore}
          </button>
        ) : null}
      </footer>
      <p class="visually-hidden" role="status" aria-atomic="true" {...strings.spoken}>
        {live?.announcement || null}
      </p>
    </section>
  );
}

/** Hangs over the list: what waits behind it must not move what is being read. */
function NewUpdates({ strings, live }: { strings: Strings; live: LiveControls | null }) {
  if (!live || live.pending === 0 || live.paused) return null;
  return (
    <button type="button" class="new-updates" part="new-updates" {...strings.spoken} onClick={live.on.showNew}>
      {strings.newUpdates(live.pending)}
    </button>
  );
}
