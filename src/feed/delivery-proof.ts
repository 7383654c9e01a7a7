import type { Announcements } from "../store/announcements.ts";

/** A proof older than this no longer says that the node is ready. */
const PROOF_MAX_AGE_MS = 15_000;
const PROBE_INTERVAL_MS = 5_000;
/** After a failure, so that the node is ready again soon after its store is. */
const RETRY_INTERVAL_MS = 1_000;

export type Proof = { at: number; roundTripMs: number };

/** @param provenAt by the machine's clock, in milliseconds since 1970; null: never yet. */
export function isFresh(provenAt: number | null): boolean {
  return provenAt !== null && Date.now() - provenAt <= PROOF_MAX_AGE_MS;
}

/**
 * Proves, again and again, that what is published through the store's fan-out reaches this node: a nonce on the very
 * path of the announcements. A connection that merely stands proves nothing (centrifugo #1189, ioredis #1451).
 */
export class DeliveryProof {
  readonly #announcements: Announcements;
  readonly #onChange: (failure: unknown | null) => void;
  #stopped = false;
  #failing = false;
  #latest: Proof | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange told when probes begin to fail, with the error, and when they come back, with null. */
  constructor(announcements: Announcements, onChange: (failure: unknown | null) => void) {
    this.#announcements = announcements;
    this.#onChange = onChange;
  }

  get latest(): Proof | null {
    return this.#latest;
  }

  get isFresh(): boolean {
    return isFresh(this.#latest?.at ?? null);
  }

  /** Whether the last attempt has come to nothing. */
  get isFailing(): boolean {
    return this.#failing;
  }

  /** Resolves with the first attempt, whatever comes of it. */
  async start(): Promise<void> {
    await this.#probe();
    if (this.#stopped) return;
    const afterMs = this.#failing ? RETRY_INTERVAL_MS : PROBE_INTERVAL_MS;
    this.#timer = setTimeout(() => void this.start(), afterMs).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #probe(): Promise<void> {
    const startedAt = performance.now();
    try {
      await this.#announcements.probe();
      this.#latest = { at: Date.now(), roundTripMs: performance.now() - startedAt };
      if (this.#failing) this.#onChange(null);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing && !this.#stopped) this.#onChange(error);
      this.#failing = true;
    }
  }
}
