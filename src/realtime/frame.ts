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
  #packet: FramedPacket | undefined;
  #streamText: string | undefined;

  private constructor(event: string, payload: object, id: string | undefined) {
    this.#event = event;
    this.#payload = payload;
    this.#id = id;
  }

  /** @param id of the server-sent event: the position after it, or "" to make the reader forget its position. */
  static of<E extends EventName>(event: E, payload: PayloadOf<E>, id?: string): Frame {
    return new Frame(event, payload, id);
  }

  /** For readers on Socket.IO. */
  get packet(): FramedPacket {
    this.#packet ??= new FramedPacket(packets.event(this.#event, this.#payload));
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

/** A Socket.IO packet, as Engine.IO takes it and as the finished WebSocket frame: header and payload in one piece. */
export class FramedPacket {
  readonly text: string;
  readonly #payload: Buffer;
  readonly #isShared: boolean;
  #plain: Buffer | undefined;
  #deflated: Buffer | undefined;

  /** @param isShared whether many get it; only then is it worth being compressed. */
  constructor(text: string, isShared = true) {
    this.text = text;
    // "4" makes it an Engine.IO message.
    this.#payload = Buffer.from(`4${text}`);
    this.#isShared = isShared;
  }

  /** @param deflates whether the reader takes it compressed; it gets it so if that is shorter. */
  bytesFor(deflates: boolean): Buffer {
    if (deflates && this.#isShared) {
      this.#deflated ??= this.#deflate();
      return this.#deflated;
    }
    this.#plain ??= webSocketFrame(FRAME_KIND.text, this.#payload);
    return this.#plain;
  }

  #deflate(): Buffer {
    const shorter = deflated(this.#payload);
    return shorter ? webSocketFrame(FRAME_KIND.text | COMPRESSED, shorter) : this.bytesFor(false);
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
