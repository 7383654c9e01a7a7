import type { JoinRequest } from "../protocol/events.ts";

export type SocketListener = {
  onConnected(): void;
  /** The attempt failed or the connection ended, not by `close()`. */
  onLost(): void;
  /** The service refused the connection. `refusal` is its `{ code, retryAfterMs? }`, unchecked. */
  onRefused(refusal: unknown, message: string): void;
  /** A heartbeat: all that the service sent earlier has arrived. */
  onHeartbeat(): void;
  onEvent(name: SocketEvent, payload: unknown): void;
};
export type SocketEvent = (typeof SOCKET_EVENTS)[number];
export const SOCKET_EVENTS = ["changes", "reset", "presence", "goodbye"] as const;

/** One attempt and, if it succeeds, the connection. Never comes back by itself. */
export type Socket = {
  /** `onReply` gets the service's {@link JoinReply}, unchecked. */
  join(request: JoinRequest, onReply: (reply: unknown) => void): void;
  leave(story: string): void;
  seen(story: string, seq: number): void;
  /** Notices at once what a sleeping machine has missed: heartbeats. */
  check(): void;
  /** Nothing is heard of it afterwards. Safe to call twice. */
  close(): void;
};
export type OpenSocket = (origin: string, listener: SocketListener) => Socket;

export const openSocket: OpenSocket = (origin, listener) => {
  try {
    return new ServiceSocket(origin, listener);
  } catch {
    // A secure page may not open an insecure socket, and is told so by an exception.
    queueMicrotask(() => listener.onLost());
    return NO_SOCKET;
  }
};

const NO_SOCKET: Socket = { join() {}, leave() {}, seen() {}, check() {}, close() {} };

/**
 * As much of Socket.IO's protocol (its revision 5, over Engine.IO's revision 4) as a reader needs: one WebSocket, the
 * default namespace, text packets. Its own client spends ten kilobytes on transports, namespaces, binary packets and
 * reconnecting by its own rules, none of which runs here.
 *
 * A packet is a type of Engine.IO and, in a message, one of Socket.IO: `42["changes",{…}]` is an event.
 */
const PROTOCOL = "/socket.io/?EIO=4&transport=websocket";
const OPENED = "0";
const PING = "2";
const PONG = "3";
const MESSAGE = "4";
const CONNECT = "40";
const DISCONNECT = "41";
const EVENT = "42";
const ACKNOWLEDGEMENT = "43";
const CONNECT_ERROR = "44";

/** How often it is asked whether heartbeats are overdue. A machine that wakes up has to wait this long at most. */
const CHECK_MS = 500;

class ServiceSocket implements Socket {
  readonly #listener: SocketListener;
  readonly #transport: WebSocket;
  readonly #replies = new Map<number, (reply: unknown) => void>();
  #checking: ReturnType<typeof setInterval> | undefined;
  #patienceMs = Number.POSITIVE_INFINITY;
  /** Milliseconds since 1970: by the clock on the wall, which goes on while a machine sleeps. */
  #heardAt = Date.now();
  #lastReply = 0;
  #isOver = false;

  constructor(origin: string, listener: SocketListener) {
    this.#listener = listener;
    this.#transport = new WebSocket(`${origin.replace(/^http/, "ws")}${PROTOCOL}`);
    this.#transport.onmessage = ({ data }) => this.#take(String(data));
    this.#transport.onclose = () => this.#lose();
    // Without a listener some hosts take it for an uncaught error; `close` follows.
    this.#transport.onerror = () => {};
  }

  join(request: JoinRequest, onReply: (reply: unknown) => void): void {
    this.#lastReply += 1;
    this.#replies.set(this.#lastReply, onReply);
    this.#emit(String(this.#lastReply), "join", request);
  }

  leave(story: string): void {
    this.#emit("", "leave", { story });
  }

  seen(story: string, seq: number): void {
    this.#emit("", "seen", { story, seq });
  }

  check(): void {
    if (Date.now() - this.#heardAt > this.#patienceMs) this.#lose();
  }

  close(): void {
    this.#isOver = true;
    clearInterval(this.#checking);
    this.#transport.close();
  }

  #lose(): void {
    if (this.#isOver) return;
    this.close();
    this.#listener.onLost();
  }

  #take(packet: string): void {
    if (this.#isOver) return;
    this.#heardAt = Date.now();
    try {
      this.#read(packet);
    } catch {
      // Not this protocol, or not whole: what follows cannot be trusted either.
      this.#lose();
    }
  }

  #read(packet: string): void {
    const type = packet.slice(0, packet.startsWith(MESSAGE) ? 2 : 1);
    const content = packet.slice(type.length);
    switch (type) {
      case OPENED:
        this.#welcome(JSON.parse(content));
        break;
      case PING:
        this.#transport.send(PONG);
        this.#listener.onHeartbeat();
        break;
      case CONNECT:
        this.#listener.onConnected();
        break;
      case DISCONNECT:
        this.#lose();
        break;
      case EVENT:
        this.#hear(JSON.parse(content));
        break;
      case ACKNOWLEDGEMENT:
        this.#takeReply(content);
        break;
      case CONNECT_ERROR:
        this.#refuse(JSON.parse(content));
    }
  }

  #welcome({ pingInterval, pingTimeout }: { pingInterval: number; pingTimeout: number }): void {
    this.#patienceMs = pingInterval + pingTimeout;
    this.#checking = setInterval(() => this.check(), CHECK_MS);
    this.#transport.send(CONNECT);
  }

  #hear([name, payload]: [SocketEvent, unknown]): void {
    // The service may be of a later version.
    if (SOCKET_EVENTS.includes(name)) this.#listener.onEvent(name, payload);
  }

  #takeReply(content: string): void {
    const start = content.indexOf("[");
    const number = Number(content.slice(0, start));
    const [reply] = JSON.parse(content.slice(start));
    this.#replies.get(number)?.(reply);
    this.#replies.delete(number);
  }

  /** Without a code it is no refusal of ours: a proxy's, or a fault. */
  #refuse({ message, data }: { message: string; data?: unknown }): void {
    if (data === undefined) {
      this.#lose();
    } else {
      this.close();
      this.#listener.onRefused(data, message);
    }
  }

  #emit(acknowledgement: string, name: string, payload: object): void {
    if (this.#transport.readyState !== WebSocket.OPEN) return;
    this.#transport.send(`${EVENT}${acknowledgement}${JSON.stringify([name, payload])}`);
  }
}
