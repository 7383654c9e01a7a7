import type { ServerToClientEvents } from "../protocol/events.ts";

type EventName = keyof ServerToClientEvents;
type PayloadOf<E extends EventName> = Parameters<ServerToClientEvents[E]>[0];

/** An event on its way to readers: encoded at most once for each kind of reader, however many there are. [R2] */
export class Frame {
  readonly #event: string;
  readonly #payload: object;
  readonly #id: string | undefined;
  #socketText: string | undefined;
  #socketOptions: FrameOptions | undefined;
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

  /** A Socket.IO EVENT packet of the default namespace, as Engine.IO takes it. */
  get socketText(): string {
    this.#socketText ??= `2${JSON.stringify([this.#event, this.#payload])}`;
    return this.#socketText;
  }

  get socketOptions(): FrameOptions {
    this.#socketOptions ??= new FrameOptions(this.socketText);
    return this.#socketOptions;
  }

  get streamText(): string {
    this.#streamText ??= streamEvent(this.#event, this.#payload, this.#id);
    return this.#streamText;
  }
}

export function streamEvent(event: string, payload: object, id?: string): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(payload)}\n\n`;
}

/** Options of an Engine.IO packet that carry the finished WebSocket frame, header and payload in one piece: one write. */
export class FrameOptions {
  readonly compress = false;
  readonly wsPreEncodedFrame: [Buffer];
  /** The same, for the shortcut. */
  readonly bytes: Buffer;

  constructor(socketText: string) {
    // "4" makes it an Engine.IO message.
    this.bytes = webSocketFrame(Buffer.from(`4${socketText}`));
    this.wsPreEncodedFrame = [this.bytes];
  }
}

/** One final, unmasked text frame (RFC 6455, section 5.2). */
function webSocketFrame(payload: Buffer): Buffer {
  const FINAL_TEXT = 0x81;
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.of(FINAL_TEXT, length), payload]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header[0] = FINAL_TEXT;
  header[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}
