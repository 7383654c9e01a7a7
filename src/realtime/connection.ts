import type { FramedPacket } from "./frame.ts";
import type { Outlet } from "./reader.ts";

/** What a connection tells its owner. */
export interface ConnectionOwner {
  /** A Socket.IO packet, or an attachment of one. */
  hear(data: unknown): void;
  /** All that waited has been handed on. */
  drained(): void;
  /** The events that waited have been dropped: they were too many. [R3] */
  tooSlow(): void;
  /** Nothing can be sent any more. */
  ended(): void;
}

/**
 * A reader's connection in Engine.IO's protocol, whatever carries it. Nothing here waits: what the other side does not take
 * at once stands in line, in the order in which it was sent.
 */
export interface Connection extends Outlet {
  owner: ConnectionOwner | null;
  /** How much it may still say. */
  readonly budget: PacketBudget;
  /** In line. */
  readonly waitingBytes: number;
  /** Answers stand in line far beyond what a reader needs: it asks on and on, and does not listen. */
  readonly isBacklogged: boolean;
  /** Of what all get, what stands in line may be dropped again; this not. */
  send(packet: FramedPacket): void;
  /** Once all that stands in line is sent. */
  close(): void;
  /** At once. */
  cutOff(): void;
}

/** A page with 50 embeds joins, leaves and joins all of them without coming near. */
const PACKETS_AT_ONCE = 1_000;
const PACKETS_PER_SECOND = 50;

/** A bucket that fills up again. Whole numbers of milliseconds and packets: V8 keeps others on the heap. */
export class PacketBudget {
  #left = PACKETS_AT_ONCE;
  #atMs = nowMs();

  /** @returns false when there is nothing left. */
  spend(): boolean {
    const now = nowMs();
    const refill = Math.floor(((now - this.#atMs) * PACKETS_PER_SECOND) / 1_000);
    if (this.#left + refill >= PACKETS_AT_ONCE) {
      this.#left = PACKETS_AT_ONCE;
      this.#atMs = now;
    } else {
      this.#left += refill;
      // What is not enough for a whole packet yet counts the next time.
      this.#atMs += (refill * 1_000) / PACKETS_PER_SECOND;
    }
    this.#left -= 1;
    return this.#left >= 0;
  }
}

function nowMs(): number {
  return Math.trunc(performance.now());
}
