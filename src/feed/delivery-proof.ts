import type { Announcements } from "../store/announcements.ts";

/** A proof older than this no longer says that the node is ready. */
const PROOF_MAX_AGE_MS = 15_000;
const PROBE_INTERVAL_MS = 5_000;

export type Proof = { at: number; roundTripMs: number };

/**
 * Proves, again and again, that what is published through the store's fan-out reaches this node: a nonce on the very
 * path of the announcements. A connection that merely stands proves nothing (centrifugo #1189, ioredis #1451).
 */
export class DeliveryProof {
  readonly #announcements: Announcements;
  #latest: Proof | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(announcements: Announcements) {
    this.#announcements = announcements;
  }

  get latest(): Proof | null {
    return this.#latest;
  }

  get isFresh(): boolean {
    return this.#latest !== null && Date.now() - this.#latest.at <= PROOF_MAX_AGE_MS;
  }

  /** Resolves with the first attempt, whatever comes of it. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#probe(), PROBE_INTERVAL_MS).unref();
    await this.#probe();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #probe(): Promise<void> {
    const startedAt = performance.now();
    try {
      await this.#announcements.probe();
      this.#latest = { at: Date.now(), roundTripMs: performance.now() - startedAt };
    } catch {
      // No proof: the age of the last one tells, and the store's own trouble is logged where it arises.
    }
  }
}
