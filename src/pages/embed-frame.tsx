import { renderToString } from "preact-render-to-string";
import type { Snapshot } from "../protocol/shapes.ts";
import { EmbedStory } from "../view/embed-story.tsx";
import { firstProps, NEWEST_ONLY, pageTitle } from "../view/page-state.ts";
import type { AssetManifest } from "./assets.ts";
import type { Publisher } from "./document.tsx";
import { LiveStoryElement } from "./live-story-element.tsx";

export type EmbedTheme = "auto" | "light" | "dark";

export type EmbedFrameModel = {
  publisher: Publisher;
  assets: AssetManifest;
  embed: AssetManifest;
  /** As many entries as the frame shows. */
  snapshot: Snapshot;
  limit: number;
  theme: EmbedTheme;
  /** Whose pages may frame it, as its policy says. */
  framedBy: string;
};

/** The page inside of a partner's frame: the element, and in it, until it runs, the story as it is now. */
export function renderEmbedFrame(model: EmbedFrameModel): string {
  return `<!doctype html>${renderToString(<EmbedFrame {...model} />)}`;
}

function EmbedFrame({ publisher, assets, embed, snapshot, limit, theme, framedBy }: EmbedFrameModel) {
  const { story } = snapshot;
  const state = { ...NEWEST_ONLY, snapshot, publisherName: publisher.name };
  return (
    <html
      {...{ lang: story.language, dir: story.direction, "data-theme": theme }}
      data-story-seq={story.seq}
      data-framed-by={framedBy}
    >
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{pageTitle(story.headline, publisher.name)}</title>
        {/* A link leads out of the frame, also where nothing runs. */}
        <base target="_blank" />
        <meta name="robots" content="noindex" />
        <link rel="canonical" href={story.url} />
        <link rel="stylesheet" href={assets["embed-frame.css"]} />
        <link rel="icon" href={assets["icon.svg"]} type="image/svg+xml" />
        <script type="module" src={embed["live-story.js"]} />
        <script type="module" src={assets["embed-frame.js"]} />
      </head>
      <body>
        <LiveStoryElement src={`/stories/${story.slug}`} limit={limit} theme={theme}>
          <EmbedStory {...firstProps(state)} onGrow={null} />
        </LiveStoryElement>
      </body>
    </html>
  );
}
