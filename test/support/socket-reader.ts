import { once } from "node:events";
import { io, type Socket } from "socket.io-client";
import type { ClientToServerEvents, JoinReply, JoinRequest, ServerToClientEvents } from "../../src/protocol/events.ts";

type EventName = keyof ServerToClientEvents;
type Payload<E extends EventName> = Parameters<ServerToClientEvents[E]>[0];
type Received = { [E in EventName]: { event: E; payload: Payload<E> } }[EventName];

/** A stranger's Socket.IO client: everything it receives stands in line until the test takes it. */
export class TestReader {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly received: Received[] = [];
  #arrived: (() => void) | null = null;

  constructor(url: string, headers: Record<string, string> = {}) {
    const options = { transports: ["websocket"], reconnection: false, forceNew: true, extraHeaders: headers };
    this.socket = io(url, options);
    this.socket.onAny((event: string, payload: unknown) => {
      this.received.push({ event, payload } as Received);
      this.#arrived?.();
    });
  }

  static async connect(url: string, headers?: Record<string, string>): Promise<TestReader> {
    const reader = new TestReader(url, headers);
    await once(reader.socket as unknown as NodeJS.EventEmitter, "connect");
    return reader;
  }

  join(request: JoinRequest): Promise<JoinReply> {
    return this.socket.emitWithAck("join", request);
  }

  /** The next event in line, waiting for it if need be. @throws when it is another one. */
  async next<E extends EventName>(event: E): Promise<Payload<E>> {
    await this.#somethingArrived();
    const received = this.received.shift();
    if (received?.event !== event) throw new Error(`Expected ${event}, received ${JSON.stringify(received)}`);
    return received.payload as Payload<E>;
  }

  /** Which event is the next in line, waiting for it if need be. It stays there. */
  async peek(): Promise<EventName | undefined> {
    await this.#somethingArrived();
    return this.received[0]?.event;
  }

  /** The next such event; what stands before it in line is passed over. */
  async find<E extends EventName>(event: E): Promise<Payload<E>> {
    for (;;) {
      await this.#somethingArrived();
      const received = this.received.shift();
      if (received?.event === event) return received.payload as Payload<E>;
    }
  }

  /** What the network does to a reader in a tunnel: nothing is read from the connection. */
  stopReading(): void {
    this.#tcp.pause();
  }

  readOn(): void {
    this.#tcp.resume();
  }

  close(): void {
    this.socket.disconnect();
  }

  async #somethingArrived(): Promise<void> {
    while (this.received.length === 0) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  get #tcp(): { pause(): void; resume(): void } {
    const transport = this.socket.io.engine.transport as unknown as {
      ws: { _socket: { pause(): void; resume(): void } };
    };
    return transport.ws._socket;
  }
}
