import { Socket } from "node:net";
import { type Connection, type ConnectionOwner, PacketBudget } from "./connection.ts";
import type { ConnectionGuard } from "./connection-guard.ts";
import type { Compression } from "./deflate.ts";
import type { TcpSocket, WebSocketFace } from "./engine-connection.ts";
import type { FrameTarget, FrameWriter } from "./fanout.ts";
import { FRAME_KIND, type Frame, type FramedPacket, webSocketFrame } from "./frame.ts";
import type { Pingable } from "./heartbeats.ts";
import { isBacklog, SendQueue } from "./send-queue.ts";

/** What all connections of a node have in common. */
export type WebSocketHouse = {
  readonly write: FrameWriter;
  readonly guard: ConnectionGuard;
  readonly onEnded: (connection: WebSocketConnection) => void;
};

/** Engine.IO's packets that are no messages, and "b": bytes in base64. They are told apart by their first character. */
const [CLOSE, PONG, MESSAGE, BYTES] = ["1", "3", "4", "b"].map((type) => type.charCodeAt(0));
/** What only servers say, or has a meaning only while a connection changes its transport. */
const IDLE_TYPES = new Set(["0", "5", "6"].map((type) => type.charCodeAt(0)));
const PING_FRAME = webSocketFrame(FRAME_KIND.text, Buffer.from("2"));

/**
 * Engine.IO on a WebSocket that was one from the beginning, in as few objects as will do: there are as many of each as there
 * are readers. Frames go straight to the TCP connection, past ws, which is left the receiving and the closing. So
 * `#queue` alone says whether the connection is busy. What every delivery looks at comes first, and so lies together.
 */
export class WebSocketConnection implements Connection, Pingable, FrameTarget {
  /** What waits while the kernel does not take what was sent before; null: nothing is under way. */
  #queue: SendQueue | null = null;
  #isOver = false;
  readonly #compression: Compression;
  readonly #house: WebSocketHouse;
  descriptor: number;
  /** The last packet that it was sent compressed, to which the next may refer; 0: none, or it was dropped. */
  #last = 0;
  readonly tcp: TcpSocket;
  owner: ConnectionOwner | null = null;
  readonly budget = new PacketBudget();
  readonly #socket: WebSocketFace;
  heartbeatSlot = 0;
  owesSign = false;

  constructor(socket: WebSocketFace, compression: Compression, house: WebSocketHouse) {
    this.#socket = socket;
    this.tcp = socket._socket;
    this.descriptor = this.tcp._handle?.fd ?? -1;
    this.tcp.heldBy = this;
    this.tcp._destroy = forgetAndDestroy;
    this.#compression = compression;
    this.#house = house;
  }

  get waitingBytes(): number {
    return this.#queue?.bytes ?? 0;
  }

  get isBacklogged(): boolean {
    const queue = this.#queue;
    return queue !== null && isBacklog(queue.packets, queue.bytes + this.tcp.writableLength);
  }

  hand({ packet }: Frame): void {
    this.#put(this.#frameOf(packet, this.#last), true);
  }

  send(packet: FramedPacket): void {
    // What stays in line must not refer to what may be dropped.
    this.#put(this.#frameOf(packet, 0), false);
  }

  /** What Engine.IO greets with, in line with what was written before there was a WebSocket. */
  open(greeting: string): void {
    this.#handOn([webSocketFrame(FRAME_KIND.text, Buffer.from(greeting))]);
  }

  ping(): void {
    this.#put(PING_FRAME, false);
  }

  expire(): void {
    this.cutOff();
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#queue) this.#socket.close();
  }

  cutOff(): void {
    this.#isOver = true;
    this.#socket.terminate();
  }

  hearMessage(data: Buffer, isBinary: boolean): void {
    if (!this.#isHeard()) return;
    const type = data[0];
    if (isBinary) this.owner?.hear(data);
    else if (type === MESSAGE) this.owner?.hear(data.toString("utf8", 1));
    else if (type === BYTES) this.owner?.hear(Buffer.from(data.toString("latin1", 1), "base64"));
    else if (type === CLOSE) this.cutOff();
    else if (type !== PONG && !IDLE_TYPES.has(type ?? 0)) this.#house.guard.end(this, "packet");
  }

  /** ws would answer at any pace, whether the answers are taken or not. */
  hearPing(data: Buffer): void {
    if (this.#isHeard()) this.#put(webSocketFrame(FRAME_KIND.pong, data), false);
  }

  hearPong(): void {
    this.#isHeard();
  }

  hearError(error: Error): void {
    this.#house.guard.hearError(this, error);
  }

  hearClosed(): void {
    this.#isOver = true;
    this.#queue = null;
    this.#house.onEnded(this);
    this.owner?.ended();
  }

  /** One that is to be closed has nothing more to say, nor does it live any longer by saying it. */
  #isHeard(): boolean {
    if (this.#isOver) return false;
    this.owesSign = false;
    return this.#house.guard.admits(this);
  }

  #frameOf(packet: FramedPacket, last: number): Buffer {
    if (this.#compression === "none") return packet.plain;
    const frame = packet.deflated(last);
    if (this.#compression === "after-last" && frame !== packet.plain) this.#last = packet.id;
    return frame;
  }

  #put(frame: Buffer, isEvent: boolean): void {
    if (this.#isOver) return;
    if (!this.#queue) {
      const taken = this.#house.write(this, frame);
      if (taken < frame.length) this.#handOn([taken === 0 ? frame : frame.subarray(taken)]);
      return;
    }
    this.#queue.add(frame, isEvent);
    if (!isEvent || !this.#queue.hasTooManyEvents) return;
    this.#queue.dropEvents();
    this.#last = 0;
    this.owner?.tooSlow();
  }

  /** By Node's own queue, which cannot be taken back from: as long as it is busy, the rest waits here. */
  #handOn(frames: Buffer[]): void {
    this.#queue ??= new SendQueue();
    this.tcp.cork();
    const last = frames.pop();
    for (const frame of frames) this.tcp.write(frame);
    if (last) this.tcp.write(last, (error) => void (error || this.#goOn()));
    this.tcp.uncork();
  }

  #goOn(): void {
    const frames = this.#queue?.takeAll() ?? [];
    if (frames.length > 0) this.#handOn(frames);
    else this.#queue = null;
    if (!this.#isOver) this.owner?.drained();
    else if (!this.#queue) this.#socket.close();
  }
}

/** In one breath. To ask the socket before every write would mean to fetch it from memory each time. */
function forgetAndDestroy(this: TcpSocket, error: Error | null, done: (error?: Error | null) => void): void {
  if (this.heldBy) this.heldBy.descriptor = -1;
  Socket.prototype._destroy.call(this as never, error, done);
}
