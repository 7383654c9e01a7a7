import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Direction } from "../protocol/shapes.ts";
import type { AssetManifest } from "./assets.ts";

export type Publisher = { name: string; logoUrl: string | null };

type DocumentProps = {
  language: string;
  direction: Direction;
  title: string;
  publisher: Publisher;
  assets: AssetManifest;
  /** More of the head. */
  head?: ComponentChildren;
  /** Links at the very top of the body, for the keyboard. */
  skipLink?: ComponentChildren;
  /** The page between masthead and end. */
  children: ComponentChildren;
};

/** A whole page: same head, masthead and style sheet for all. No inline style or script: the security policy forbids them. */
export function renderDocument(props: DocumentProps): string {
  return `<!doctype html>${renderToString(<Document {...props} />)}`;
}

function Document({ language, direction, title, publisher, assets, head, skipLink, children }: DocumentProps) {
  return (
    <html lang={language} dir={direction}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        {TEXT_FONTS.map((font) => (
          <link key={font} rel="preload" href={assets[font]} as="font" type="font/woff2" crossOrigin="anonymous" />
        ))}
        <link rel="stylesheet" href={assets["dateline.css"]} />
        <link rel="icon" href={assets["icon.svg"]} type="image/svg+xml" />
        {head}
      </head>
      <body>
        {skipLink}
        <header class="masthead">
          <a class="masthead-name" href="/">
            {publisher.logoUrl ? <img src={publisher.logoUrl} alt={publisher.name} /> : publisher.name}
          </a>
        </header>
        {children}
      </body>
    </html>
  );
}

/** Asked for at once: the style sheet does not take them when they come late. */
const TEXT_FONTS = ["newsreader.woff2", "newsreader-italic.woff2", "libre-franklin.woff2"];

/** JSON that no text in it can turn into markup. The text of a script is not decoded, so it is not escaped as HTML is. */
export function JsonScript({ id, type, value }: { id?: string; type: string; value: unknown }) {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return <script id={id} type={type} dangerouslySetInnerHTML={{ __html: json }} />;
}
