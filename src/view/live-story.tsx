import { entryAnchor, storyUrl, withPreview } from "../protocol/links.ts";
import type { Background, Entry, Story, Topic } from "../protocol/shapes.ts";
import type { Clock } from "./dates.ts";
import { type KeyMoment, KeyMoments } from "./key-moments.tsx";
import type { LiveControls, Liveness } from "./live-controls.ts";
import { PinnedEntry } from "./pinned-entry.tsx";
import { SafeHtml } from "./safe-html.tsx";
import { StatusLine } from "./status-line.tsx";
import { StoryHeader } from "./story-header.tsx";
import type { Strings } from "./strings.ts";
import { TimelineSection, UPDATES_ID } from "./timeline-list.tsx";

export type LiveStoryProps = {
  story: Story;
  background: Background | null;
  /** Shown in the timeline, newest first. */
  entries: readonly Entry[];
  older: string | null;
  /** Cursor of the page above; null when that is the newest page. */
  newer: string | null;
  isNewestPage: boolean;
  /** Wherever it stands in the story. */
  pinned: Entry | null;
  keyMoments: readonly KeyMoment[];
  /** The entry that a permalink asked for. */
  targetId: string | null;
  lastUpdate: string | null;
  liveness: Liveness;
  clock: Clock;
  /** Null where nothing runs: on the server. */
  live: LiveControls | null;
  /** What makes links lead on within the preview of a draft; null for a page that everybody may see. */
  preview: string | null;
};

/** A story, the same in the first HTML and in the browser. */
export function LiveStory(props: LiveStoryProps) {
  const { story, background, entries, pinned, keyMoments, isNewestPage, lastUpdate, liveness, clock, live, preview } =
    props;
  const { strings } = clock;
  const onPage = new Set(entries.map(({ id }) => id));
  const hrefOf = ({ id, url }: Pick<Entry, "id" | "url">) =>
    onPage.has(id) ? `#${entryAnchor(id)}` : withPreview(url, preview);
  return (
    <main class="story">
      <StoryHeader story={story} strings={strings}>
        <StatusLine story={story} lastUpdate={lastUpdate} liveness={liveness} clock={clock} live={live} />
      </StoryHeader>
      <NewUpdates slug={story.slug} isNewestPage={isNewestPage} strings={strings} live={live} />
      <div class="story-body">
        {pinned && isNewestPage ? <PinnedEntry entry={pinned} href={hrefOf(pinned)} clock={clock} /> : null}
        <KeyMoments moments={keyMoments} hrefOf={hrefOf} clock={clock} />
        <div class="story-main">
          <TimelineSection {...props} />
          {background ? (
            <section class="background" aria-labelledby="background-heading">
              <div class="section-heading">
                <h2 id="background-heading" {...strings.spoken}>
                  {strings.background}
                </h2>
              </div>
              <SafeHtml html={background.html} class="prose background-text" />
            </section>
          ) : null}
          <Topics topics={story.topics} strings={strings} />
        </div>
      </div>
      <p class="visually-hidden" role="status" aria-atomic="true" {...strings.spoken}>
        {live?.announcement || null}
      </p>
    </main>
  );
}

type NewUpdatesProps = { slug: string; isNewestPage: boolean; strings: Strings; live: LiveControls | null };

/** Hangs over the page: what waits behind it must not move what is being read. */
function NewUpdates({ slug, isNewestPage, strings, live }: NewUpdatesProps) {
  if (!live || live.pending === 0) return null;
  const words = strings.newUpdates(live.pending);
  if (!isNewestPage) {
    return (
      <a class="new-updates" href={`${storyUrl("", slug)}#${UPDATES_ID}`} {...strings.spoken}>
        {words}
      </a>
    );
  }
  return (
    <button type="button" class="new-updates" {...strings.spoken} onClick={live.on.showNew}>
      {words}
    </button>
  );
}

function Topics({ topics, strings }: { topics: Topic[]; strings: Strings }) {
  if (topics.length === 0) return null;
  return (
    <nav class="topics" aria-label={strings.topics} {...strings.spoken}>
      <ul>
        {topics.map(({ slug, name }) => (
          <li key={slug}>
            <a href={`/topics/${slug}`}>{strings.moreStories(name)}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
