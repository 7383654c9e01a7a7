import { renderToString } from "preact-render-to-string";
import { embedRefusal } from "../protocol/access.ts";
import type { Story } from "../protocol/shapes.ts";
import { stringsFor } from "../view/strings.ts";
import type { AssetManifest } from "./assets.ts";
import type { Publisher } from "./document.tsx";
import type { EmbedTheme } from "./embed-frame.tsx";

export type EmbedRefusalModel = {
  /** Nothing of it is shown but where it is. */
  story: Pick<Story, "url" | "language" | "direction">;
  publisher: Publisher;
  assets: AssetManifest;
  theme: EmbedTheme;
  /** Origin of the page around. */
  framer: string;
};

/** What a frame shows on a site that may not have the story: the plain link, and on the console what to do. */
export function renderEmbedRefusal({ story, publisher, assets, theme, framer }: EmbedRefusalModel): string {
  const { url, language, direction } = story;
  const page = (
    <html lang={language} dir={direction} data-theme={theme} data-refusal={embedRefusal(url, framer)}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{publisher.name}</title>
        <base target="_blank" />
        <meta name="robots" content="noindex" />
        <link rel="stylesheet" href={assets["embed-frame.css"]} />
        <script type="module" src={assets["embed-refusal.js"]} />
      </head>
      <body>
        <p class="embed-refusal">
          <a href={url}>{`${stringsFor(language).allUpdates} – ${publisher.name}`}</a>
        </p>
      </body>
    </html>
  );
  return `<!doctype html>${renderToString(page)}`;
}
