import type { EntryKey } from "../../protocol/entry-order.ts";

/**
 * Where what is kept. The braces put everything of one story into one slot of a cluster, so that one script may work
 * on all of it.
 */
export class KeySpace {
  readonly #prefix: string;
  readonly #channelSuffix: string;

  /** @param database of the server; channels are not separated by database, so their names have to be. */
  constructor(prefix: string, database = 0) {
    this.#prefix = prefix;
    this.#channelSuffix = database === 0 ? "" : `:${database}`;
  }

  /** In the order that `lua/story.lua` expects. */
  ofStory(slug: string, idempotency?: { holderId: string; key: string }): string[] {
    const story = `${this.#prefix}{${slug}}`;
    const remembered = idempotency ? [`${story}:remembered:${idempotency.holderId}:${idempotency.key}`] : [];
    return [
      // Hash: epoch, seq, tag, time of the last commit, status, origins; of a removed story, the commit that removed it.
      `${story}:head`,
      // Hash: item → its placement.
      `${story}:items`,
      // Sorted set: items by the seq of their latest change.
      `${story}:seqs`,
      // Sorted set of one score: entries by their sort key.
      `${story}:order`,
      // Hash: seq of a change → what it said; seq and "m" → its Markdown.
      `${story}:texts`,
      // Hash: entry → its revision records, a line each.
      `${story}:revisions`,
      // Sorted set: the tags of the last commits of this epoch by seq.
      `${story}:tags`,
      // Hash: tag → what that commit answered; and the tags of both kinds of commits, in their order.
      `${story}:commits`,
      `${story}:log`,
      // The channel of its announcements.
      this.channelOf(slug),
      ...remembered,
    ];
  }

  channelOf(slug: string): string {
    return `${this.#prefix}{${slug}}:changes${this.#channelSuffix}`;
  }

  /** Matches the heads of all stories. */
  get heads(): { pattern: string; slugOf(key: string): string | undefined } {
    const start = `${this.#prefix}{`;
    return {
      pattern: `${start.replace(/[[\]*?\\]/g, "\\$&")}*}:head`,
      slugOf: (key) => (key.startsWith(start) ? key.slice(start.length).split("}")[0] : undefined),
    };
  }

  presenceOf(slug: string): string {
    return `${this.#prefix}{${slug}}:presence`;
  }

  /** Each in a slot of its own: a cluster shares the counting. The dot keeps it apart from every story. */
  windowOf(key: string): string {
    return `${this.#prefix}{.window.${key}}`;
  }

  /** A key beside the stories. No slug contains a dot, so that it can never be a story's. */
  of(group: "catalogue" | "keys" | "erasures" | "schema", name: string): string {
    return `${this.#prefix}{.${group}}:${name}`;
  }

  /** A channel in the slot of `slotKey`: of a slug, or of something else with a dot. */
  probeChannel(slotKey: string, name: string): string {
    return `${this.#prefix}{${slotKey}}:probe:${name}`;
  }
}

/** Sorts as text like entries do: by time, then by first seq. What stands at the key itself sorts above it. */
export function sortKeyOf({ publishedAt, firstSeq }: EntryKey): string {
  return `${String(Date.parse(publishedAt) + 1e15).padStart(16, "0")}:${String(firstSeq).padStart(16, "0")}`;
}
