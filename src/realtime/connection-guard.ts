import { type EngineConnection, type EngineTransport, queuedBytes, type WebSocketFace } from "./engine-connection.ts";
import { QUEUE_MAX_BYTES, QUEUE_MAX_EVENTS } from "./reader.ts";

/**
 * Why a connection was ended, or not begun. `handshake`: not as Engine.IO wants it. `frame`, `packet`: against the rules
 * of WebSocket, or of Engine.IO and Socket.IO. `flood`: far more than a reader has to say. `backlog`: asks on and on, and
 * does not take the answers.
 */
export type RealtimeHostility = "handshake" | "frame" | "packet" | "flood" | "backlog";

/** A page with 50 embeds joins, leaves and joins all of them without coming near. */
const PACKETS_AT_ONCE = 1_000;
const PACKETS_PER_SECOND = 50;
/**
 * Of one message. Each is held by itself until the last one is there: 16 KiB in pieces of a byte would take 2 MB. Browsers
 * send what is so short in one.
 */
const FRAGMENTS_MAX = 64;
/** Beside the events of a reader and the answers of its requests, which have bounds of their own. */
const UNSENT_MAX_PACKETS = 4 * QUEUE_MAX_EVENTS;
const UNSENT_MAX_BYTES = 4 * QUEUE_MAX_BYTES;

/**
 * Handshakes that honest readers fail in, in Engine.IO's numbers: with a session of another node, or of before a restart
 * (1), and where somebody here has said no (4).
 */
const HONEST_FAILURES = new Set([1, 4]);

/** What is used of Engine.IO's server. */
export type Engine = {
  /** Of the `ws` package. Engine.IO hands on no such option. */
  readonly ws: { options: { maxFragments?: number } };
  on(event: "connection", listener: (connection: EngineConnection) => void): unknown;
  on(event: "connection_error", listener: (error: { code: number }) => void): unknown;
};

/** Ends connections that would cost this node more than a reader may, below all that Socket.IO knows of. */
export class ConnectionGuard {
  readonly #onHostile: (reason: RealtimeHostility) => void;
  /** By us: whatever else is heard of them is no news. */
  readonly #ended = new WeakSet<EngineConnection>();

  /** @param onHostile told once of each connection. */
  constructor(engine: Engine, onHostile: (reason: RealtimeHostility) => void) {
    this.#onHostile = onHostile;
    engine.ws.options.maxFragments = FRAGMENTS_MAX;
    engine.on("connection_error", ({ code }) => HONEST_FAILURES.has(code) || onHostile("handshake"));
    engine.on("connection", (connection) => this.#guard(connection));
  }

  /** At once: to a closing handshake a hostile client may take its time. */
  end(connection: EngineConnection, reason: RealtimeHostility): void {
    if (!this.#ended.has(connection)) this.#onHostile(reason);
    this.#ended.add(connection);
    cutOff(connection);
  }

  /** Of a reader that has done nothing wrong. What is to be sent yet is sent before. */
  dismiss(connection: EngineConnection): void {
    this.#ended.add(connection);
    connection.close();
  }

  #guard(connection: EngineConnection): void {
    const budget = new PacketBudget();
    const received = () => {
      if (!budget.spend()) this.end(connection, "flood");
      else if (isBacklogged(connection)) this.end(connection, "backlog");
    };
    const watch = ({ socket }: EngineTransport) => {
      socket?.on("error", ({ code = "" }) => code.startsWith("WS_ERR_") && this.end(connection, "frame"));
      // Pings are answered by `ws` itself, at any pace, whether the answers are taken or not.
      for (const event of ["ping", "pong"] as const) socket?.on(event, received);
    };
    watch(connection.transport);
    connection.on("upgrade", watch);
    connection.on("packet", ({ type }) => {
      received();
      // Clients may end a session in so many words. On a WebSocket Engine.IO passes over them.
      if (type === "close") cutOff(connection);
    });
    // They would leave the WebSocket open until the client closes it as well.
    connection.on("close", (reason, cause) => {
      if (isViolation(reason, cause) && !this.#ended.has(connection)) this.end(connection, "packet");
    });
  }
}

/** In Engine.IO's and Socket.IO's words. */
function isViolation(reason: string, cause?: Error): boolean {
  return reason === "parse error" || reason === "forced close" || cause?.message === "invalid heartbeat direction";
}

function cutOff(connection: EngineConnection): void {
  const { socket } = connection.transport;
  if (socket) socket.terminate();
  else connection.close(true);
}

function isBacklogged(connection: EngineConnection): boolean {
  const { writeBuffer, transport } = connection;
  if (writeBuffer.length > UNSENT_MAX_PACKETS || bufferedBy(transport.socket) > UNSENT_MAX_BYTES) return true;
  return writeBuffer.length > 0 && queuedBytes(connection) > UNSENT_MAX_BYTES;
}

function bufferedBy(socket: WebSocketFace | undefined): number {
  return socket?.bufferedAmount ?? 0;
}

/** A bucket that fills up again. */
class PacketBudget {
  #left = PACKETS_AT_ONCE;
  #at = Date.now();

  /** @returns false when there is nothing left. */
  spend(): boolean {
    const now = Date.now();
    const refill = ((now - this.#at) / 1_000) * PACKETS_PER_SECOND;
    this.#left = Math.min(PACKETS_AT_ONCE, this.#left + Math.max(0, refill)) - 1;
    this.#at = now;
    return this.#left >= 0;
  }
}
