import type { ServerToClientEvents } from "../protocol/events.ts";
import { deflated } from "./deflate.ts";
import { packets } from "./socket-packets.ts";

type EventName = keyof ServerToClientEvents;
type PayloadOf<E extends EventName> = Parameters<ServerToClientEvents[E]>[0];

/** An event on its way to readers: encoded at most once for each kind of reader, however many there are. [R2] */
export class Frame {
  readonly #event: string;
  readonly #payload: object;
  readonly #id: string | undefined;
  readonly #before: FramedPacket | undefined;
  #packet: FramedPacket | undefined;
  #streamText: string | undefined;

  private constructor(event: string, payload: object, id?: string, before?: Frame | null) {
    this.#event = event;
    this.#payload = payload;
    this.#id = id;
    this.#before = before ? before.#packet : undefined;
  }

  /**
   * @param id of the server-sent event: the position after it, or "" to make the reader forget its position.
   * @param before what most readers got before it.
   */
  static of<E extends EventName>(event: E, payload: PayloadOf<E>, id?: string, before?: Frame | null): Frame {
    return new Frame(event, payload, id, before);
  }

  /** For readers on Socket.IO. */
  get packet(): FramedPacket {
    this.#packet ??= new FramedPacket(packets.event(this.#event, this.#payload), true, this.#before);
    return this.#packet;
  }

  get streamText(): string {
    this.#streamText ??= streamEvent(this.#event, this.#payload, this.#id);
    return this.#streamText;
  }
}

export function streamEvent(event: string, payload: object, id?: string): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(payload)}\n\n`;
}

/** Tells packets apart. */
let packetsMade = 0;

/** A Socket.IO packet, as Engine.IO takes it and as the finished WebSocket frame: header and payload in one piece. */
export class FramedPacket {
  /** From 1. */
  readonly id: number;
  readonly text: string;
  readonly #payload: Buffer;
  readonly #isShared: boolean;
  /** Not the packet itself, which has one before it as well. */
  readonly #before: { readonly id: number; readonly payload: Buffer } | null;
  #plain: Buffer | undefined;
  #deflated: Buffer | undefined;
  #deflatedAfter: Buffer | undefined;

  /**
   * @param isShared whether many get it; only then is it worth being compressed.
   * @param before what most of them got before it.
   */
  constructor(text: string, isShared = true, before?: FramedPacket) {
    packetsMade += 1;
    this.id = packetsMade;
    this.text = text;
    // "4" makes it an Engine.IO message.
    this.#payload = Buffer.from(`4${text}`);
    this.#isShared = isShared;
    this.#before = before ? { id: before.id, payload: before.#payload } : null;
  }

  get plain(): Buffer {
    this.#plain ??= webSocketFrame(FRAME_KIND.text, this.#payload);
    return this.#plain;
  }

  /**
   * Compressed, if that is shorter; otherwise `plain`.
   *
   * @param last id of the packet that the reader got compressed last, to which this one may refer; 0 where it has to
   *   stand for itself.
   */
  deflated(last: number): Buffer {
    if (!this.#isShared) return this.plain;
    if (this.#before && this.#before.id === last) {
      this.#deflatedAfter ??= this.#deflate(this.#before.payload);
      return this.#deflatedAfter;
    }
    this.#deflated ??= this.#deflate();
    return this.#deflated;
  }

  #deflate(dictionary?: Buffer): Buffer {
    const shorter = deflated(this.#payload, dictionary);
    return shorter ? webSocketFrame(FRAME_KIND.text | COMPRESSED, shorter) : this.plain;
  }
}

/** First bytes of frames that are a whole message, or need none. */
export const FRAME_KIND = { text: 0x81, pong: 0x8a } as const;
const COMPRESSED = 0x40;

/** Options of an Engine.IO packet that carry the finished frame: one write, and none of our bytes copied. */
export class FrameOptions {
  readonly compress = false;
  readonly wsPreEncodedFrame: [Buffer];
  /** Of an event, which may be dropped when the reader is too slow; 0 for what may not. */
  readonly eventBytes: number;

  constructor(bytes: Buffer, isEvent: boolean) {
    this.wsPreEncodedFrame = [bytes];
    this.eventBytes = isEvent ? bytes.length : 0;
  }
}

/** One unmasked frame (RFC 6455, section 5.2). */
export function webSocketFrame(kind: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.of(kind, length), payload]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header[0] = kind;
  header[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}
