import { storyUrl } from "../protocol/links.ts";
import type { Story } from "../protocol/shapes.ts";
import type { AssetManifest } from "./assets.ts";
import { type Publisher, renderDocument } from "./document.tsx";
import type { EmbedTheme } from "./embed-frame.tsx";
import {
  EMBED_FRAME_SIZE,
  EmbedElement,
  embedElementHtml,
  embedFrameHtml,
  embedLoaderHtml,
} from "./embed-snippets.tsx";
import { oEmbedUrl } from "./oembed.ts";

export type EmbedChoice = { limit: number; theme: EmbedTheme; height: string };

export type EmbedBuilderModel = {
  site: string;
  publisher: Publisher;
  assets: AssetManifest;
  embed: AssetManifest;
  /** Of the loader, as a script's `integrity` says it. */
  integrity: string;
  /** To choose from. */
  stories: Story[];
  /** Null when there is none. */
  story: Story | null;
  /** What was asked for and is not there; another is shown. */
  missing: string | null;
  choice: EmbedChoice;
};

const TITLE = "Embed a story";
const THEMES = { auto: "automatic", light: "light", dark: "dark" };
export const EMBED_HEIGHTS = ["320", "480", "640", "auto"] as const;

/** The page on which partners pick a story, see it as their readers will, and copy what shows it. */
export function renderEmbedBuilder(model: EmbedBuilderModel): string {
  const { publisher, assets, embed, story, missing } = model;
  return renderDocument({
    ...{ language: "en", direction: "ltr", publisher, assets },
    title: `${TITLE} – ${publisher.name}`,
    head: (
      <>
        <meta name="robots" content="noindex" />
        <script type="module" src={embed["live-story.js"]} />
        <script type="module" src={assets["embed-builder.js"]} />
      </>
    ),
    children: (
      <main class="front builder">
        <h1 class="front-heading">{TITLE}</h1>
        {missing === null ? null : (
          <p class="builder-missing" role="alert">
            There is no story “{missing}” to embed, or not any more.{story ? " This is another one." : null}
          </p>
        )}
        {story ? <Builder {...model} story={story} /> : <p class="empty">There is no story to embed yet.</p>}
      </main>
    ),
  });
}

function Builder(model: EmbedBuilderModel & { story: Story }) {
  const { story, choice } = model;
  return (
    <div class="builder-parts">
      <div>
        <ChoiceForm {...model} />
        <section aria-labelledby="preview">
          <h2 id="preview">As your readers will see it</h2>
          <EmbedElement site="" story={story} {...choice} />
        </section>
      </div>
      <Snippets {...model} />
    </div>
  );
}

function ChoiceForm({ stories, story, choice }: EmbedBuilderModel & { story: Story }) {
  return (
    <form class="builder-form" action="/embed">
      <label>
        <span>Story</span>
        <select name="story">
          {stories.map(({ slug, headline }) => (
            <option key={slug} value={slug} selected={slug === story.slug}>
              {headline}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Updates</span>
        <input name="limit" type="number" min="1" max="50" value={choice.limit} />
      </label>
      <label>
        <span>Theme</span>
        <select name="theme">
          {Object.entries(THEMES).map(([theme, words]) => (
            <option key={theme} value={theme} selected={theme === choice.theme}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Height</span>
        <select name="height">
          {EMBED_HEIGHTS.map((height) => (
            <option key={height} value={height} selected={height === choice.height}>
              {height === "auto" ? "grows when asked to" : `${height} pixels`}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Show</button>
    </form>
  );
}

function Snippets({ site, embed, integrity, story, choice }: EmbedBuilderModel & { story: Story }) {
  const element = embedElementHtml({ site, story, ...choice });
  const pinned = embedLoaderHtml(`${site}${embed["live-story.js"]}`, integrity);
  const height = Number(choice.height) || EMBED_FRAME_SIZE.height;
  const query = { limit: `${choice.limit}`, theme: choice.theme };
  return (
    <div>
      <Snippet id="script" heading="Script, always the newest" rows={7}>
        {`${element}\n${embedLoaderHtml(`${site}/embed/v1/live-story.js`, null)}`}
      </Snippet>
      <Snippet id="pinned" heading="Script, held to its content by an integrity value" rows={8}>
        {`${element}\n${pinned}`}
      </Snippet>
      <Snippet id="frame" heading="Frame, where scripts are not allowed" rows={6}>
        {embedFrameHtml({ site, story, width: "100%", height, query })}
      </Snippet>
      <Snippet
        id="oembed"
        heading="Address, for editors that know oEmbed (WordPress: paste it on a line of its own)"
        rows={1}
      >
        {storyUrl(site, story.slug)}
      </Snippet>
      <Snippet id="endpoint" heading="oEmbed, for programs" rows={2}>
        {oEmbedUrl(site, story)}
      </Snippet>
      <Snippet id="policy" heading="What your Content-Security-Policy has to allow" rows={4}>
        {`script-src ${site}; connect-src ${site} ${site.replace(/^http/, "ws")}; frame-src ${site}; img-src ${site}`}
      </Snippet>
    </div>
  );
}

function Snippet({ id, heading, rows, children }: { id: string; heading: string; rows: number; children: string }) {
  return (
    <section class="snippet">
      <h2>
        <label for={id}>{heading}</label>
      </h2>
      <textarea id={id} rows={rows} readonly spellcheck={false} value={children} />
      <button type="button" hidden data-copy={id} aria-label={`Copy: ${heading}`}>
        Copy
      </button>
    </section>
  );
}
