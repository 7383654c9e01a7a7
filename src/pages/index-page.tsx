import { storyUrl } from "../protocol/links.ts";
import type { Story, StoryStatus, Topic } from "../protocol/shapes.ts";
import { formatDateTime } from "../view/dates.ts";
import { spokenIn } from "../view/spoken.ts";
import { type Strings, stringsFor } from "../view/strings.ts";
import type { AssetManifest } from "./assets.ts";
import { type Publisher, renderDocument } from "./document.tsx";
import { indexStrings } from "./index-strings.ts";

export type IndexPageModel = {
  /** Origin, e.g. `https://live.example.com`. */
  site: string;
  publisher: Publisher;
  assets: AssetManifest;
  /** Public stories, latest change first. */
  stories: Story[];
  /** Only stories of this topic are listed; null on the front page. */
  topic: Topic | null;
};

/** The front page and the page of a topic: what is live, what is coming, what has ended lately. */
export function renderIndexPage({ site, publisher, assets, stories, topic }: IndexPageModel): string {
  const strings = stringsFor("en");
  const heading = topic ? indexStrings.topicStories(topic.name) : indexStrings.liveStories;
  const canonical = topic ? `${site}/topics/${topic.slug}` : `${site}/`;
  return renderDocument({
    ...{ language: "en", direction: "ltr", publisher, assets },
    title: topic ? `${heading} – ${publisher.name}` : `${publisher.name} – ${heading}`,
    head: (
      <>
        <link rel="canonical" href={canonical} />
        <meta property="og:type" content="website" />
        <meta property="og:site_name" content={publisher.name} />
        <meta property="og:title" content={heading} />
        <meta property="og:url" content={canonical} />
      </>
    ),
    children: (
      <main class="front">
        <h1 class="front-heading">{heading}</h1>
        <StoryGroups stories={stories} strings={strings} />
      </main>
    ),
  });
}

function StoryGroups({ stories, strings }: { stories: Story[]; strings: Strings }) {
  if (stories.length === 0) return <p class="empty">{indexStrings.nothingHere}</p>;
  const of = (...statuses: StoryStatus[]) => stories.filter(({ status }) => statuses.includes(status));
  const live = of("live", "paused");
  const scheduled = of("scheduled").sort((a, b) => (a.coverageStart < b.coverageStart ? -1 : 1));
  return (
    <>
      {live.length === 0 ? <p class="empty">{indexStrings.nothingLive}</p> : null}
      <StoryGroup heading={indexStrings.liveNow} stories={live} strings={strings} hasLead />
      <StoryGroup heading={indexStrings.scheduledStories} stories={scheduled} strings={strings} />
      <StoryGroup heading={indexStrings.endedStories} stories={of("ended")} strings={strings} />
    </>
  );
}

type StoryGroupProps = { heading: string; stories: Story[]; strings: Strings; hasLead?: boolean };

/** @param hasLead whether the first story is drawn larger than the others. */
function StoryGroup({ heading, stories, strings, hasLead }: StoryGroupProps) {
  if (stories.length === 0) return null;
  return (
    <section class={hasLead ? "story-group story-group--lead" : "story-group"}>
      <h2>{heading}</h2>
      <ul>
        {stories.map((story) => (
          <li key={story.slug}>
            <StoryCard story={story} strings={strings} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function StoryCard({ story, strings }: { story: Story; strings: Strings }) {
  const { slug, headline, summary, status, language, direction, image } = story;
  return (
    <article class={`card card--${status}`} lang={language} dir={direction}>
      {image ? <img class="card-image" src={image.url} alt="" width={image.width} height={image.height} /> : null}
      <p class={`status status--${status}`}>
        <span {...(isEnglish(language) ? {} : spokenIn("en"))}>
          <strong class="badge">{strings[status]}</strong>
          {` · ${timing(story, strings)}`}
        </span>
      </p>
      <h3 class="card-headline">
        <a href={storyUrl("", slug)}>{headline}</a>
      </h3>
      {summary ? <p class="card-summary">{summary}</p> : null}
    </article>
  );
}

function isEnglish(language: string): boolean {
  return /^en\b/i.test(language);
}

function timing({ status, timeZone: zone, coverageStart, coverageEnd, updatedAt }: Story, strings: Strings): string {
  const clock = { zone, strings, now: null };
  if (status === "ended") return formatDateTime(coverageEnd ?? updatedAt, clock);
  if (status === "scheduled") return strings.startsAt(formatDateTime(coverageStart, clock));
  return indexStrings.since(formatDateTime(coverageStart, clock));
}
