import type { Entry, Image, Snapshot, Story } from "../protocol/shapes.ts";
import { keyMomentOf, listed } from "../view/key-moments.tsx";
import { LiveStory } from "../view/live-story.tsx";
import { firstProps, type PageState, pageTitle, STATE_ID, STORY_ID, withoutTexts } from "../view/page-state.ts";
import { excerpt, plainText } from "../view/plain-text.ts";
import { stringsFor } from "../view/strings.ts";
import { UPDATES_ID } from "../view/timeline-list.tsx";
import type { AssetManifest } from "./assets.ts";
import { JsonScript, type Publisher, renderDocument } from "./document.tsx";
import { liveBlogPosting } from "./live-blog-posting.ts";
import { oEmbedUrl } from "./oembed.ts";
import { feedUrl } from "./syndication.tsx";

export type LivePageModel = {
  /** Origin, e.g. `https://live.example.com`. */
  site: string;
  publisher: Publisher;
  assets: AssetManifest;
  /** One page of the story. */
  snapshot: Snapshot;
  /** Whether the page begins with the newest entry. */
  isNewestPage: boolean;
  /** The cursor of an older page, as it was asked for. */
  before: string | null;
  /** Cursor of the page above; null when that is the newest page. */
  newer: string | null;
  /** Wherever it stands in the story. */
  pinned: Entry | null;
  /** All that are more than an update, of the whole story. */
  keyEntries: Entry[];
  /** Whether all that the page mentions could be read: with the store away, what is in memory must do. */
  isWhole: boolean;
  /** The entry that a permalink asked for; the page holds it. */
  entryId: string | null;
  /** The signature in the address of a draft's page. */
  preview: string | null;
};

/** The live page, whole without JavaScript. */
export function renderLivePage(model: LivePageModel): string {
  const { publisher, assets, snapshot } = model;
  const { story } = snapshot;
  const state = pageState(model);
  return renderDocument({
    ...{ language: story.language, direction: story.direction, publisher, assets },
    title: pageTitle(story.headline, publisher.name),
    head: <LivePageHead model={model} />,
    skipLink: (
      <a class="skip-link" href={`#${UPDATES_ID}`} {...stringsFor(story.language).spoken}>
        {stringsFor(story.language).skipToUpdates}
      </a>
    ),
    children: (
      <>
        <div id={STORY_ID}>
          <LiveStory {...firstProps(state)} preview={model.preview} />
        </div>
        <JsonScript id={STATE_ID} type="application/json" value={withoutTexts(state)} />
      </>
    ),
  });
}

function pageState(model: LivePageModel): PageState {
  const { snapshot, pinned, isWhole, newer, isNewestPage, entryId, publisher } = model;
  const keyMoments = listed(model.keyEntries.map(keyMomentOf));
  return { snapshot, pinned, keyMoments, isWhole, newer, isNewestPage, entryId, publisherName: publisher.name };
}

function LivePageHead({ model }: { model: LivePageModel }) {
  const { site, publisher, assets, snapshot, before, entryId } = model;
  const { story } = snapshot;
  const isDraft = story.status === "draft";
  return (
    <>
      <link rel="canonical" href={before && !entryId ? `${story.url}?before=${before}` : story.url} />
      <meta name="robots" content={isDraft ? "noindex" : "max-image-preview:large"} />
      <SharingTags shared={sharedForm(model)} story={story} publisher={publisher} />
      <JsonScript type="application/ld+json" value={liveBlogPosting(snapshot, publisher, site)} />
      {isDraft ? null : <Alternates story={story} site={site} />}
      {isDraft ? null : <script type="module" src={assets["live-page.js"]} />}
    </>
  );
}

function Alternates({ story, site }: { story: Story; site: string }) {
  return (
    <>
      <link rel="alternate" type="application/feed+json" title={story.headline} href={feedUrl(story, "json")} />
      <link rel="alternate" type="application/atom+xml" title={story.headline} href={feedUrl(story, "atom")} />
      <link rel="alternate" type="application/json+oembed" title={story.headline} href={oEmbedUrl(site, story)} />
    </>
  );
}

type SharedForm = { title: string; description: string | null; url: string; image: Image | null };

/** What others show of a link to this page: of a permalink its entry, else the story. */
function sharedForm({ snapshot: { story, entries }, entryId }: LivePageModel): SharedForm {
  const entry = entries.find(({ id }) => id === entryId);
  if (!entry) return { title: story.headline, description: story.summary, url: story.url, image: story.image };
  return {
    title: entry.headline ?? story.headline,
    description: excerpt(plainText(entry.html), 200),
    url: entry.url,
    image: entry.media[0] ?? story.image,
  };
}

function SharingTags({ shared, story, publisher }: { shared: SharedForm; story: Story; publisher: Publisher }) {
  const { title, description, url, image } = shared;
  return (
    <>
      {description ? <meta name="description" content={description} /> : null}
      <meta property="og:type" content="article" />
      <meta property="og:site_name" content={publisher.name} />
      <meta property="og:title" content={title} />
      {description ? <meta property="og:description" content={description} /> : null}
      <meta property="og:url" content={url} />
      {image ? (
        <>
          <meta property="og:image" content={image.url} />
          <meta property="og:image:width" content={`${image.width}`} />
          <meta property="og:image:height" content={`${image.height}`} />
          <meta property="og:image:alt" content={image.alt} />
        </>
      ) : null}
      <meta property="article:published_time" content={story.coverageStart} />
      <meta property="article:modified_time" content={story.updatedAt} />
      <meta name="twitter:card" content={image ? "summary_large_image" : "summary"} />
    </>
  );
}
