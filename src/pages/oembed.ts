import { storyUrl } from "../protocol/links.ts";
import type { Story } from "../protocol/shapes.ts";
import type { Publisher } from "./document.tsx";
import { EMBED_FRAME_SIZE, embedFrameHtml } from "./embed-snippets.tsx";

/** Where the representation of a story is, for pages that announce it. */
export function oEmbedUrl(site: string, { slug }: Pick<Story, "slug">): string {
  return `${site}/oembed?url=${encodeURIComponent(storyUrl(site, slug))}&format=json`;
}

export type OEmbedLimits = { maxwidth: number | null; maxheight: number | null };

/** oEmbed 1.0, type "rich". No side of it is longer than was asked for. */
export function oEmbed(story: Story, publisher: Publisher, site: string, { maxwidth, maxheight }: OEmbedLimits) {
  const width = Math.min(EMBED_FRAME_SIZE.width, maxwidth ?? EMBED_FRAME_SIZE.width);
  const height = Math.min(EMBED_FRAME_SIZE.height, maxheight ?? EMBED_FRAME_SIZE.height);
  const [author] = story.authors;
  const { image } = story;
  const fits = image && image.width <= (maxwidth ?? image.width) && image.height <= (maxheight ?? image.height);
  return {
    type: "rich",
    version: "1.0",
    title: story.headline,
    ...(author ? { author_name: author.name, ...(author.url ? { author_url: author.url } : {}) } : {}),
    provider_name: publisher.name,
    provider_url: site,
    ...(fits ? { thumbnail_url: image.url, thumbnail_width: image.width, thumbnail_height: image.height } : {}),
    html: embedFrameHtml({ site, story, width, height }),
    width,
    height,
  };
}
