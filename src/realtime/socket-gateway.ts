import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Problem } from "../protocol/problem.ts";
import type { Admission, Refusal } from "./admission.ts";
import type { Connection } from "./connection.ts";
import { ConnectionGuard, type RealtimeHostility } from "./connection-guard.ts";
import type { EngineConnection } from "./engine-connection.ts";
import type { FrameWriter } from "./fanout.ts";
import { PING_INTERVAL_MS, PING_TIMEOUT_MS } from "./heartbeats.ts";
import { Newcomers } from "./newcomers.ts";
import { PolledConnection } from "./polled-connection.ts";
import { ReaderEngine } from "./reader-engine.ts";
import type { Rooms } from "./rooms.ts";
import { SocketAdmission } from "./socket-admission.ts";
import { type ClientOptions, SocketClient } from "./socket-client.ts";
import type { SocketSession } from "./socket-session.ts";
import { WebSocketUpgrades, webSocketEngine } from "./web-socket-upgrades.ts";

export type GatewayOptions = {
  http: HttpServer;
  rooms: Rooms;
  admission: Admission;
  /** The page's origin as access rules see it: undefined for no browser and for the service's own pages. */
  foreignOrigin: (headers: { origin?: string | undefined; host?: string | undefined }) => string | undefined;
  /** Whether Engine.IO's other transport may be used, whose requests must all reach the same process. */
  polling: boolean;
  /** Origins whose pages may connect at all; empty: any. */
  allowedOrigins: readonly string[];
  /** One map from whatever was thrown to what people are told. */
  toProblem: (error: unknown) => Problem;
  onRefused: (reason: "handshakes" | "join_rate") => void;
  /** Told whenever somebody is cut off for what it sent. */
  onHostile: (reason: RealtimeHostility) => void;
  /** How frames get to the kernel. */
  write: FrameWriter;
};

const PATH = "/socket.io/";
/** Readers send small requests only. */
const REQUEST_MAX_BYTES = 16 * 1024;
/**
 * Handshakes that honest readers fail in, in Engine.IO's numbers: with a session of another node, or of before a restart
 * (1), and where somebody here has said no (4).
 */
const HONEST_FAILURES = new Set([1, 4]);
const NO_POLLING =
  'This server takes WebSockets only, no polling. In Socket.IO\'s client set { transports: ["websocket"] }, or read the stream of server-sent events.';

/** Whether the request wants to go on as a connection of this gateway. */
export function isSocketUpgrade({ url = "", headers }: IncomingMessage): boolean {
  return url.startsWith(PATH) && headers.upgrade?.toLowerCase() === "websocket";
}

/** Readers on Socket.IO: who may connect, and who is connected. */
export class SocketGateway {
  readonly #options: GatewayOptions;
  readonly #upgrades: WebSocketUpgrades;
  readonly #engine: ReaderEngine;
  readonly #admission: SocketAdmission;
  readonly #guard: ConnectionGuard;
  readonly #newcomers = new Newcomers();
  readonly #sessions = new Set<SocketSession>();
  readonly #clientOptions: ClientOptions;
  #draining = false;
  #closed = false;
  #onLastGone: (() => void) | null = null;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#admission = new SocketAdmission(options.admission, () => options.onRefused("handshakes"));
    this.#clientOptions = this.#makeClientOptions();
    this.#guard = new ConnectionGuard((reason) => this.#closed || options.onHostile(reason));
    this.#upgrades = new WebSocketUpgrades({
      ...{ requestMaxBytes: REQUEST_MAX_BYTES, write: options.write, guard: this.#guard },
      refusalOf: (request) => this.#refusalOf(request),
      hasRoom: (request) => this.#admission.allowHandshake(request),
      onConnection: (connection, request) => this.#welcome(connection, request),
    });
    this.#engine = this.#makeEngine();
  }

  get connections(): number {
    return this.#sessions.size;
  }

  /** Asks every reader to leave within `windowMs`, each at its own moment, and resolves when they have. [R4] */
  async drain(windowMs: number): Promise<void> {
    this.#draining = true;
    for (const session of this.#sessions) session.sayGoodbye(windowMs);
    if (this.#sessions.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onLastGone = resolve;
      setTimeout(resolve, windowMs).unref();
    });
  }

  /** Cuts off whoever is still there. The HTTP server is left to who made it. */
  close(): void {
    this.#closed = true;
    this.#newcomers.stop();
    this.#upgrades.close();
    this.#engine.close();
  }

  /**
   * What CORS does for polling nobody does for WebSockets: browsers let every page open them, and Engine.IO asks nothing.
   * [R5]
   *
   * @returns null for whoever may connect.
   */
  #refusalOf(request: IncomingMessage): string | null {
    const { allowedOrigins, foreignOrigin, polling, onHostile } = this.#options;
    const { headers, url = "" } = request;
    const query = new URL(url, "http://localhost").searchParams;
    if (isSocketUpgrade(request) && query.get("transport") !== "websocket") {
      onHostile("handshake");
      return "Only WebSockets are upgrades.";
    }
    if (!isSocketUpgrade(request) && !polling) return NO_POLLING;
    // Answers that are scripts: every page may run them, and browsers do not say which page it is.
    if (query.has("j")) {
      onHostile("handshake");
      return "Polling by scripts is not spoken here.";
    }
    const origin = foreignOrigin(headers);
    const mayConnect = origin === undefined || allowedOrigins.length === 0 || allowedOrigins.includes(origin);
    return mayConnect ? null : "Pages of this site may not connect.";
  }

  #welcome(connection: Connection, request: IncomingMessage): void {
    const leave = this.#admission.take(connection, request);
    this.#newcomers.add(connection);
    new SocketClient(connection, this.#options.foreignOrigin(request.headers), leave, this.#clientOptions);
  }

  #makeEngine(): ReaderEngine {
    const { http, allowedOrigins, onHostile } = this.#options;
    const engine = new ReaderEngine(
      {
        ...{ pingInterval: PING_INTERVAL_MS, pingTimeout: PING_TIMEOUT_MS, maxHttpBufferSize: REQUEST_MAX_BYTES },
        wsEngine: webSocketEngine(REQUEST_MAX_BYTES),
        allowRequest: (request, decide) => {
          const refusal = this.#refusalOf(request);
          decide(refusal, refusal === null && this.#admission.allowHandshake(request));
        },
        cors: { origin: allowedOrigins.length > 0 ? [...allowedOrigins] : "*" },
      },
      (request, tcp, head) => this.#upgrades.take(request, tcp, head),
    );
    engine.on("headers", (headers: Record<string, string>) => {
      headers["X-Content-Type-Options"] = "nosniff";
    });
    engine.on("connection_error", ({ code }) => HONEST_FAILURES.has(code) || onHostile("handshake"));
    engine.on("connection", (connection: EngineConnection) => {
      const { request } = connection;
      if (request) this.#welcome(new PolledConnection(connection, this.#guard, REQUEST_MAX_BYTES), request);
    });
    engine.attach(http, { path: PATH, destroyUpgrade: false });
    return engine;
  }

  #makeClientOptions(): ClientOptions {
    return {
      ...this.#options,
      onRefusedJoin: () => this.#options.onRefused("join_rate"),
      onFlood: (connection) => this.#guard.end(connection, "flood"),
      onViolation: (connection) => this.#guard.end(connection, "packet"),
      onEnded: (connection) => this.#newcomers.remove(connection),
      dismiss: (connection) => this.#guard.dismiss(connection),
      refusalOf: (connection) => this.#unavailable() ?? this.#admission.refusalOf(connection),
      onSession: (session, connection) => {
        this.#newcomers.remove(connection);
        this.#sessions.add(session);
      },
      onSessionEnded: (session) => {
        this.#sessions.delete(session);
        if (this.#sessions.size === 0) this.#onLastGone?.();
      },
    };
  }

  #unavailable(): Refusal | undefined {
    if (!this.#draining) return undefined;
    const retryAfterMs = 200 + Math.round(Math.random() * 1_300);
    return { code: "store_unavailable", message: "This node is about to stop.", retryAfterMs };
  }
}
