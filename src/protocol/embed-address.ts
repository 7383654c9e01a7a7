/** How stories are named and cut for other sites. Apart from the rest, because `<live-story>` begins with this alone. */

/** Entries in an embed, which is a small place on somebody else's page. */
export const EMBED_LIMIT_DEFAULT = 5;
export const EMBED_LIMIT_MAX = 50;

export type StoryAddress = { origin: string; slug: string };

const STORY_PATH = /^\/(?:stories|embed)\/([a-z0-9]+(?:-[a-z0-9]+)*)\/?$/;

/** Which story of which service an address names, that of its page or of its frame; null when it names none. */
export function parseStoryAddress(address: string | null, base?: string): StoryAddress | null {
  if (!address || !URL.canParse(address, base)) return null;
  const { protocol, origin, pathname } = new URL(address, base);
  const [, slug] = STORY_PATH.exec(pathname) ?? [];
  return slug && /^https?:$/.test(protocol) ? { origin, slug } : null;
}
