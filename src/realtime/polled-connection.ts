import { type Connection, type ConnectionOwner, PacketBudget } from "./connection.ts";
import type { ConnectionGuard } from "./connection-guard.ts";
import { takeOverDeflate } from "./deflate.ts";
import type { EngineConnection, EngineTransport } from "./engine-connection.ts";
import { type Frame, type FramedPacket, FrameOptions } from "./frame.ts";
import { QUEUE_MAX_BYTES, QUEUE_MAX_EVENTS } from "./reader.ts";
import { isBacklog } from "./send-queue.ts";

/** A connection that began by polling, and has gone on to a WebSocket since or not: Engine.IO's own in all that it does. */
export class PolledConnection implements Connection {
  owner: ConnectionOwner | null = null;
  readonly budget = new PacketBudget();
  readonly #engine: EngineConnection;
  #deflates = false;

  /** @param requestMaxBytes of a message that the client sends. */
  constructor(engine: EngineConnection, guard: ConnectionGuard, requestMaxBytes: number) {
    this.#engine = engine;
    engine.on("packet", ({ type }) => {
      // Clients may end a session in so many words. On a WebSocket Engine.IO passes over them.
      if (guard.admits(this) && type === "close") this.cutOff();
    });
    engine.on("data", (data) => this.owner?.hear(data));
    engine.on("drain", () => this.owner?.drained());
    engine.on("close", (reason, cause) => {
      // They would leave the connection open until the client closes it as well.
      if (isViolation(reason, cause)) guard.end(this, "packet");
      this.owner?.ended();
    });
    engine.on("upgrade", (transport) => this.#goOnWith(transport, guard, requestMaxBytes));
    // With all its headers, as long as the reader stays.
    engine.request = null;
    // A WebSocket already, where Engine.IO reads an odd query in another way than we do.
    this.#goOnWith(engine.transport, guard, requestMaxBytes);
  }

  get waitingBytes(): number {
    return this.#sum(({ data }) => lengthOf(data));
  }

  get isBacklogged(): boolean {
    const { writeBuffer, transport } = this.#engine;
    const handedOn = transport.socket?.bufferedAmount ?? 0;
    return isBacklog(writeBuffer.length, handedOn + this.waitingBytes);
  }

  send(packet: FramedPacket): void {
    this.#write(packet, false);
  }

  hand({ packet }: Frame): void {
    this.#write(packet, true);
    const { writeBuffer } = this.#engine;
    if (writeBuffer.length === 0) return;
    if (writeBuffer.length <= QUEUE_MAX_EVENTS && this.#sum(eventBytes) <= QUEUE_MAX_BYTES) return;
    const kept = writeBuffer.filter((packet) => eventBytes(packet) === 0);
    writeBuffer.splice(0, Number.POSITIVE_INFINITY, ...kept);
    this.owner?.tooSlow();
  }

  close(): void {
    this.#engine.close();
  }

  cutOff(): void {
    const { socket } = this.#engine.transport;
    if (socket) socket.terminate();
    else this.#engine.close(true);
  }

  #write(packet: FramedPacket, isEvent: boolean): void {
    const frame = this.#deflates ? packet.deflated(0) : packet.plain;
    this.#engine.write(packet.text, new FrameOptions(frame, isEvent));
  }

  #sum(sizeOf: (packet: EngineConnection["writeBuffer"][number]) => number): number {
    return this.#engine.writeBuffer.reduce((sum, packet) => sum + sizeOf(packet), 0);
  }

  #goOnWith(transport: EngineTransport, guard: ConnectionGuard, requestMaxBytes: number): void {
    const { socket } = transport;
    if (!socket) return;
    // Otherwise Engine.IO has every reader's messages framed, and compressed, anew.
    transport.perMessageDeflate = null;
    this.#deflates = takeOverDeflate(socket, requestMaxBytes) !== "none";
    socket.on("error", (error) => guard.hearError(this, error));
    // Pings are answered by ws itself, at any pace, whether the answers are taken or not.
    for (const event of ["ping", "pong"] as const) socket.on(event, () => guard.admits(this));
  }
}

/** Of text as many as characters, which is near enough for a bound. */
function lengthOf(data: unknown): number {
  return typeof data === "string" || Buffer.isBuffer(data) ? data.length : 0;
}

function eventBytes({ options }: { options?: object }): number {
  return options instanceof FrameOptions ? options.eventBytes : 0;
}

/** In Engine.IO's words. */
function isViolation(reason: string, cause?: Error): boolean {
  return reason === "parse error" || cause?.message === "invalid heartbeat direction";
}
