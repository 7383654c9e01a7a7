/** Where things are found. `site` is an origin without a trailing slash, e.g. `https://live.example.com`. */

export function storyUrl(site: string, slug: string): string {
  return `${site}/stories/${slug}`;
}

export function entryUrl(site: string, slug: string, id: string): string {
  return `${storyUrl(site, slug)}?entry=${id}#${entryAnchor(id)}`;
}

/** The id of the `<article>` that shows an entry. */
export function entryAnchor(id: string): string {
  return `entry-${id}`;
}

export function apiStoryUrl(site: string, slug: string): string {
  return `${site}/api/v1/stories/${slug}`;
}
