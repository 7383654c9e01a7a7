import { Problem } from "../protocol/problem.ts";
import type { Tallies } from "../store/tallies.ts";
import type { Principal } from "./keys.ts";

export type PublishRateOptions = {
  tallies: Pick<Tallies, "count">;
  /** Of each key, over all nodes; Infinity: no limit. */
  perMinute: number;
};

/** Counted apart, so that a busy night of revisions does not stop the next entry. */
export type CountedWrite = "publications" | "changes";

const WINDOW_MS = 60_000;
/** News does not wait for a counter. */
const COUNTER_TIMEOUT_MS = 250;

/**
 * How often each key may publish, and change what is published: against runaway scripts and stolen keys. Retracting,
 * removing and unpinning are not counted, since taking something back must always work.
 */
export class PublishRate {
  readonly #options: PublishRateOptions;

  constructor(options: PublishRateOptions) {
    this.#options = options;
  }

  /**
   * Counts one write. Never rejects: while the counter is away everything goes on.
   *
   * @returns what to call once it is known that the request is no repeat, which is answered in any case. It throws
   *   Problem `rate_limited` if this was one too many, as often as it is called.
   */
  async count({ holder }: Principal, what: CountedWrite): Promise<() => void> {
    const { perMinute } = this.#options;
    const counted = await this.#count(`${what}.${holder.id}`);
    return () => {
      if (counted === null || counted.count <= perMinute) return;
      throw new Problem("rate_limited", `This key may write ${perMinute} times a minute, over all nodes.`, {
        retryAfterSeconds: Math.ceil(counted.endsInMs / 1_000),
      });
    };
  }

  async #count(key: string) {
    const { tallies, perMinute } = this.#options;
    if (perMinute === Number.POSITIVE_INFINITY) return null;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, COUNTER_TIMEOUT_MS, null);
    });
    const counted = tallies.count(key, WINDOW_MS).catch(() => null);
    try {
      return await Promise.race([counted, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
