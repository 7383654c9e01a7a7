import { QUEUE_MAX_BYTES, QUEUE_MAX_EVENTS } from "./reader.ts";

/** Beside the events of a reader and the answers of its requests, which have bounds of their own. */
const UNSENT_MAX_PACKETS = 4 * QUEUE_MAX_EVENTS;
const UNSENT_MAX_BYTES = 4 * QUEUE_MAX_BYTES;

type Queued = { readonly frame: Buffer; readonly isEvent: boolean };

/** What stands in line for a connection that is busy with what it was given before. */
export class SendQueue {
  #frames: Queued[] = [];
  #bytes = 0;
  #events = 0;
  #eventBytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get packets(): number {
    return this.#frames.length;
  }

  get hasTooManyEvents(): boolean {
    return this.#events > QUEUE_MAX_EVENTS || this.#eventBytes > QUEUE_MAX_BYTES;
  }

  add(frame: Buffer, isEvent: boolean): void {
    this.#frames.push({ frame, isEvent });
    this.#count(frame.length, isEvent);
  }

  takeAll(): Buffer[] {
    const frames = this.#frames.map(({ frame }) => frame);
    this.#keep([]);
    return frames;
  }

  /** What keeps the connection alive and answers requests stays, in its order. */
  dropEvents(): void {
    this.#keep(this.#frames.filter(({ isEvent }) => !isEvent));
  }

  #keep(frames: Queued[]): void {
    this.#frames = frames;
    this.#bytes = 0;
    this.#events = 0;
    this.#eventBytes = 0;
    for (const { frame, isEvent } of frames) this.#count(frame.length, isEvent);
  }

  #count(bytes: number, isEvent: boolean): void {
    this.#bytes += bytes;
    if (!isEvent) return;
    this.#events += 1;
    this.#eventBytes += bytes;
  }
}

/** Whether that much in line says that a client asks on and on, and does not listen. */
export function isBacklog(packets: number, bytes: number): boolean {
  return packets > UNSENT_MAX_PACKETS || bytes > UNSENT_MAX_BYTES;
}
