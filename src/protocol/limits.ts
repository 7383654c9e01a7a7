/** Every bound of the contract, beside the reason for its value where it has one. */

export const SLUG_MAX_CHARS = 100;
export const HEADLINE_MAX_CHARS = 300;
export const SUMMARY_MAX_CHARS = 1_000;
export const LABEL_MAX_CHARS = 40;
export const ENTRY_MARKDOWN_MAX_CHARS = 20_000;
export const BACKGROUND_MARKDOWN_MAX_CHARS = 100_000;
export const CORRECTION_MAX_CHARS = 1_000;
export const DEFAULT_LABEL = "UPDATE";
export const DEFAULT_LANGUAGE = "en";

export const PAGE_LIMIT_DEFAULT = 50;
export const PAGE_LIMIT_MAX = 200;

/** A reader further behind than this is better served by a snapshot, and the store forgets older tags. */
export const RESUMABLE_COMMITS = 1_000;
export const CATCH_UP_MAX_ITEMS = 500;
/** Of a reply to `join` and of a catch-up: what a phone on a train takes in one piece. UTF-8 bytes of JSON. */
export const REPLY_MAX_BYTES = 256 * 1024;

export const STORIES_PER_SOCKET = 50;
/** All of them twenty times over: more than a reader does in a night of resets, less than a flood. */
export const JOINS_PER_MINUTE = 1_000;
/** How often a sampled reader may report that it has painted a change. */
export const SEEN_MIN_INTERVAL_MS = 10_000;

export const REQUEST_BODY_MAX_BYTES = 1024 * 1024;
export const IDEMPOTENCY_KEY_MAX_CHARS = 200;
export const IDEMPOTENCY_WINDOW_MS = 24 * 60 * 60 * 1000;
/** A write that the store has not answered by then is `store_unavailable`. */
export const WRITE_DEADLINE_MS = 2_000;

export const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Whether `text` may name a story or a topic: lower-case words joined by single hyphens, at most 100 characters. */
export function isSlug(text: string): boolean {
  return text.length <= SLUG_MAX_CHARS && SLUG.test(text);
}
