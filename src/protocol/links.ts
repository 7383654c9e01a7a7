/** Where things are found. `site` is an origin without a trailing slash, e.g. `https://live.example.com`. */

export function storyUrl(site: string, slug: string): string {
  return `${site}/stories/${slug}`;
}

export function entryUrl(site: string, slug: string, id: string): string {
  return `${storyUrl(site, slug)}?entry=${id}#${entryAnchor(id)}`;
}

/** @param preview the signature of a draft's address; null: as it is. */
export function withPreview(url: string, preview: string | null): string {
  if (preview === null) return url;
  const [address = "", anchor] = url.split("#");
  const query = `${address.includes("?") ? "&" : "?"}preview=${encodeURIComponent(preview)}`;
  return `${address}${query}${anchor ? `#${anchor}` : ""}`;
}

/** The id of the `<article>` that shows an entry. */
export function entryAnchor(id: string): string {
  return `entry-${id}`;
}

export function apiStoryUrl(site: string, slug: string): string {
  return `${site}/api/v1/stories/${slug}`;
}

/** Where an embed reads a story first, or why its site may not. */
export function embedSnapshotUrl(site: string, slug: string): string {
  return `${site}/embed/${slug}.json`;
}

/** What stores keep of a story or an entry, with the address it has on this site. */
export function withStoryUrl<S extends { slug: string }>(site: string, story: S): S & { url: string } {
  return { ...story, url: storyUrl(site, story.slug) };
}

export function withEntryUrl<E extends { id: string }>(site: string, slug: string, entry: E): E & { url: string } {
  return { ...entry, url: entryUrl(site, slug, entry.id) };
}
