import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { ConnectionGuard } from "./connection-guard.ts";
import { PER_MESSAGE_DEFLATE, takeOverDeflate } from "./deflate.ts";
import type { WebSocketFace } from "./engine-connection.ts";
import type { FrameWriter } from "./fanout.ts";
import { Heartbeats, PING_INTERVAL_MS, PING_TIMEOUT_MS } from "./heartbeats.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";
import { WebSocketConnection, type WebSocketHouse } from "./web-socket-connection.ts";

/**
 * Of one message. Each is held by itself until the last one is there: 16 KiB in pieces of a byte would take 2 MB. Browsers
 * send what is so short in one.
 */
const FRAGMENTS_MAX = 64;
/** Of a frame that is not whole yet. A long one of an honest reader comes in a dozen. */
const SEGMENTS_MAX = 64;

/** No message of a reader is long, or in many pieces. */
function serverOptions(requestMaxBytes: number) {
  return {
    ...{ noServer: true, clientTracking: false, perMessageDeflate: PER_MESSAGE_DEFLATE },
    ...{ maxPayload: requestMaxBytes, maxFragments: FRAGMENTS_MAX, maxBufferedChunks: SEGMENTS_MAX },
  };
}

/** For those that go on to a WebSocket: Engine.IO makes its own from this, and hands on less. */
export function webSocketEngine(requestMaxBytes: number): new () => WebSocketServer {
  return class extends WebSocketServer {
    constructor() {
      // What Engine.IO sends by ws itself would otherwise refer to messages that it knows nothing of.
      const perMessageDeflate = { ...PER_MESSAGE_DEFLATE, serverNoContextTakeover: true };
      super({ ...serverOptions(requestMaxBytes), perMessageDeflate });
    }
  };
}

export type UpgradeOptions = {
  requestMaxBytes: number;
  write: FrameWriter;
  guard: ConnectionGuard;
  /** @returns why the request is refused, or null. */
  refusalOf: (request: IncomingMessage) => string | null;
  /** @returns whether there may be one more connection; if not, the request has been answered. */
  hasRoom: (request: IncomingMessage) => boolean;
  onConnection: (connection: WebSocketConnection, request: IncomingMessage) => void;
};

/** Connections of Engine.IO's protocol, revision 4, that are WebSockets from the beginning. */
export class WebSocketUpgrades {
  readonly #options: UpgradeOptions;
  readonly #server: WebSocketServer;
  readonly #heartbeats = new Heartbeats<WebSocketConnection>();
  readonly #house: WebSocketHouse;

  constructor(options: UpgradeOptions) {
    const { requestMaxBytes, write, guard } = options;
    this.#options = options;
    // Pings are answered by the connection, in line with what else it sends.
    const own = { ...serverOptions(requestMaxBytes), WebSocket: ReaderSocket, autoPong: false };
    this.#server = new WebSocketServer(own);
    this.#server.on("headers", (headers) => headers.push("X-Content-Type-Options: nosniff"));
    this.#house = { write, guard, onEnded: (connection) => this.#heartbeats.remove(connection) };
  }

  /** @returns whether the request is one of those that are meant here, and was answered. */
  take(request: IncomingMessage, tcp: Socket, head: Buffer): boolean {
    const query = new URL(request.url ?? "/", "http://localhost").searchParams;
    if (query.get("transport") !== "websocket" || query.get("EIO") !== "4" || query.has("sid")) return false;
    const refusal = this.#options.refusalOf(request);
    if (refusal !== null) refuseUpgrade(tcp, 400, refusal);
    if (refusal !== null || !this.#options.hasRoom(request)) return true;
    // What was agreed on and the greeting: one packet.
    tcp.cork();
    this.#server.handleUpgrade(request, tcp, head, (socket) => this.#open(socket as ReaderSocket, request));
    tcp.uncork();
    return true;
  }

  /** Cuts off whoever is there; whoever comes yet is answered 503. */
  close(): void {
    this.#server.close();
    this.#heartbeats.stop();
    for (const connection of this.#heartbeats) connection.cutOff();
  }

  #open(socket: ReaderSocket, request: IncomingMessage): void {
    const { requestMaxBytes, onConnection } = this.#options;
    const face = socket as unknown as WebSocketFace;
    const connection = new WebSocketConnection(face, takeOverDeflate(face, requestMaxBytes), this.#house);
    socket.connection = connection;
    connection.open(this.#greeting());
    this.#heartbeats.add(connection);
    onConnection(connection, request);
  }

  #greeting(): string {
    const timing = { pingInterval: PING_INTERVAL_MS, pingTimeout: PING_TIMEOUT_MS };
    const sid = randomBytes(15).toString("base64url");
    return `0${JSON.stringify({ sid, upgrades: [], ...timing, maxPayload: this.#options.requestMaxBytes })}`;
  }
}

/** Hands what ws says to the connection itself: a table of listeners is larger than all that is ours of a connection. */
class ReaderSocket extends WebSocket {
  connection: WebSocketConnection | null = null;

  override emit(event: string | symbol, ...told: unknown[]): boolean {
    const { connection } = this;
    if (event === "message") connection?.hearMessage(told[0] as Buffer, told[1] as boolean);
    else if (event === "ping") connection?.hearPing(told[0] as Buffer);
    else if (event === "pong") connection?.hearPong();
    else if (event === "error") connection?.hearError(told[0] as Error);
    else if (event === "close") connection?.hearClosed();
    return connection !== null;
  }
}
