import { renderToString } from "preact-render-to-string";
import { storyUrl } from "../protocol/links.ts";
import type { Story } from "../protocol/shapes.ts";
import type { EmbedTheme } from "./embed-frame.tsx";
import { LiveStoryElement } from "./live-story-element.tsx";

/** What partners paste into their pages. */

/** In CSS pixels; of a place in an article. */
export const EMBED_FRAME_SIZE = { width: 600, height: 480 };

/** All that the story needs, and no more: no forms, no dialogs, no taking over of the page around. */
const SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox";

type EmbeddedStory = Pick<Story, "slug" | "headline">;

type Frame = {
  site: string;
  story: EmbeddedStory;
  /** CSS pixels, or a share of what there is. */
  width: number | "100%";
  height: number;
  /** What the address says besides. */
  query?: Record<string, string>;
};

export function embedFrameHtml({ site, story, width, height, query = {} }: Frame): string {
  const asked = new URLSearchParams(query).toString();
  const src = `${site}/embed/${story.slug}${asked && `?${asked}`}`;
  const size = { width: `${width}`, height: `${height}` };
  return renderToString(
    <iframe
      {...{ src, title: story.headline, ...size, loading: "lazy", sandbox: SANDBOX, frameborder: "0" }}
      referrerpolicy="strict-origin-when-cross-origin"
    />,
  );
}

type Element = { site: string; story: EmbeddedStory; limit: number; theme: EmbedTheme; height: string };

/**
 * The element, and in it the plain link that is seen until it runs, and where it never does. Until the script has come
 * the link keeps the place of the story, so that the page around does not move then: by the height of a drawing, which
 * no policy takes for a style.
 */
export function EmbedElement({ site, story, limit, theme, height }: Element) {
  const page = storyUrl(site, story.slug);
  const heightPx = Number(height) || EMBED_FRAME_SIZE.height;
  return (
    <LiveStoryElement src={page} limit={limit} theme={theme} height={height}>
      <svg display="block" width="100%" height={heightPx} role="presentation">
        <foreignObject width="100%" height="100%">
          <a href={page}>{story.headline}</a>
        </foreignObject>
      </svg>
    </LiveStoryElement>
  );
}

/** For people, what opens on lines of their own. In texts and attributes no tag begins. */
export function embedElementHtml(element: Element): string {
  return renderToString(<EmbedElement {...element} />).replaceAll(/><(?!\/)/g, ">\n<");
}

/** @param integrity of a loader that never changes. */
export function embedLoaderHtml(src: string, integrity: string | null): string {
  const fixed = integrity ? ({ integrity, crossorigin: "anonymous" } as const) : {};
  return renderToString(<script type="module" async src={src} {...fixed} />);
}
