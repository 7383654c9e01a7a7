import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Server, type Socket } from "socket.io";
import type { ClientToServerEvents, ServerToClientEvents } from "../protocol/events.ts";
import type { Problem, ProblemCode } from "../protocol/problem.ts";
import { RateWindows } from "../protocol/rate-windows.ts";
import type { Admission } from "./admission.ts";
import { cutOff, type Engine, guardConnections, type RealtimeHostility } from "./connection-guard.ts";
import { leaveAfterMs } from "./drain.ts";
import type { EngineConnection } from "./engine-connection.ts";
import type { Rooms } from "./rooms.ts";
import type { Shortcut } from "./shortcut.ts";
import { SocketAdmission } from "./socket-admission.ts";
import { SocketSession } from "./socket-session.ts";

export type GatewayOptions = {
  http: HttpServer;
  rooms: Rooms;
  admission: Admission;
  /** The page's origin as access rules see it: undefined for no browser and for the service's own pages. */
  foreignOrigin: (headers: { origin?: string | undefined; host?: string | undefined }) => string | undefined;
  /** Origins whose pages may connect at all; empty: any. */
  allowedOrigins: readonly string[];
  /** One map from whatever was thrown to what people are told. */
  toProblem: (error: unknown) => Problem;
  onRefused: (reason: "handshakes" | "join_rate") => void;
  /** Told whenever somebody is cut off for what it sent. */
  onHostile: (reason: RealtimeHostility) => void;
  shortcut: Shortcut;
};

type ReaderSocket = Socket<ClientToServerEvents, ServerToClientEvents>;

const PATH = "/socket.io/";
/** Readers send small requests only. */
const REQUEST_MAX_BYTES = 16 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

/** Readers on Socket.IO: who may connect, and what they may ask. */
export class SocketGateway {
  readonly #options: GatewayOptions;
  readonly #io: Server<ClientToServerEvents, ServerToClientEvents>;
  readonly #admission: SocketAdmission;
  readonly #joins = new RateWindows();
  readonly #sessions = new Map<ReaderSocket, SocketSession>();
  /** Connections of those sessions. */
  readonly #welcomed = new WeakSet<object>();
  #draining = false;
  #closed = false;
  #onLastGone: (() => void) | null = null;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#admission = new SocketAdmission(options.admission, () => options.onRefused("handshakes"));
    this.#io = new Server(options.http, {
      path: PATH,
      destroyUpgrade: false,
      serveClient: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxHttpBufferSize: REQUEST_MAX_BYTES,
      // Compressing for every reader anew would cost more than all the rest of a delivery.
      perMessageDeflate: false,
      allowRequest: (request, decide) => {
        const refusal = this.#refusalOf(request);
        decide(refusal, refusal === null && this.#admission.allowHandshake(request));
      },
      cors: { origin: options.allowedOrigins.length > 0 ? [...options.allowedOrigins] : "*" },
    });
    guardConnections(this.#io.engine as unknown as Engine, (reason) => this.#closed || options.onHostile(reason));
    options.http.on("upgrade", (request, stream) => this.#refuseUpgrade(request, stream));
    this.#io.engine.on("connection", (connection: ReaderSocket["conn"]) => this.#admission.take(connection));
    this.#io.use((socket, next) => {
      const refusal = this.#unavailable(socket);
      next(refusal);
      // Once it has been told why: whoever was refused has nothing more to do here.
      if (refusal) setImmediate(() => socket.conn.close());
    });
    this.#io.on("connection", (socket) => this.#welcome(socket));
  }

  get connections(): number {
    return this.#sessions.size;
  }

  /** Asks every reader to leave within `windowMs`, each at its own moment, and resolves when they have. [R4] */
  async drain(windowMs: number): Promise<void> {
    this.#draining = true;
    for (const socket of this.#sessions.keys()) {
      socket.emit("goodbye", { reconnectAfterMs: leaveAfterMs(windowMs) });
    }
    if (this.#sessions.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onLastGone = resolve;
      setTimeout(resolve, windowMs).unref();
    });
  }

  /** Cuts off whoever is still there. The HTTP server is left to who made it. */
  close(): void {
    this.#closed = true;
    this.#io.disconnectSockets(true);
    this.#io.engine.close();
  }

  #unavailable({ conn }: ReaderSocket): Error | undefined {
    if (this.#draining) {
      return refuse("store_unavailable", "This node is about to stop.", 200 + Math.round(Math.random() * 1_300));
    }
    const full = this.#admission.refusalOf(conn);
    return full && refuse(full.code, full.message, full.retryAfterMs);
  }

  /**
   * What CORS does for polling nobody does for WebSockets: browsers let every page open them, and Engine.IO asks nothing.
   * [R5]
   *
   * @returns null for whoever may connect.
   */
  #refusalOf({ headers, url = "" }: IncomingMessage): string | null {
    const { allowedOrigins, foreignOrigin } = this.#options;
    if (headers.upgrade !== undefined && !/[?&]transport=websocket(&|$)/.test(url))
      return "Only WebSockets are upgrades.";
    const origin = foreignOrigin(headers);
    const mayConnect = origin === undefined || allowedOrigins.length === 0 || allowedOrigins.includes(origin);
    return mayConnect ? null : "Pages of this site may not connect.";
  }

  /** Engine.IO would half-close it in silence and keep it for as long as the other side likes. */
  #refuseUpgrade({ url = "" }: IncomingMessage, stream: Duplex): void {
    if (url.startsWith(PATH)) return;
    this.#options.onHostile("upgrade");
    stream.on("error", () => {});
    stream.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () => stream.destroy());
  }

  #welcome(socket: ReaderSocket): void {
    if (this.#isSecond(socket)) return;
    const origin = this.#options.foreignOrigin(socket.handshake.headers);
    const onRefusedJoin = () => this.#options.onRefused("join_rate");
    const session = new SocketSession(socket, origin, { ...this.#options, joins: this.#joins, onRefusedJoin });
    this.#sessions.set(socket, session);
    this.#welcomed.add(socket.conn);
    socket.on("join", (...sent) => session.join(...payloadAndReply(sent)));
    socket.on("leave", (...sent) => session.leave(...payloadAndReply(sent)));
    socket.on("seen", (report: unknown) => session.seen(report));
    socket.on("disconnect", () => {
      this.#sessions.delete(socket);
      this.#welcomed.delete(socket.conn);
      session.close();
      if (this.#sessions.size === 0) this.#onLastGone?.();
    });
  }

  /** Socket.IO lets one connection into the namespace again and again if it only asks fast enough. */
  #isSecond({ conn }: ReaderSocket): boolean {
    if (!this.#welcomed.has(conn)) return false;
    this.#options.onHostile("packet");
    cutOff(conn as unknown as EngineConnection);
    return true;
  }
}

/** A refused connection is a `connect_error` whose `data` says why, and when to come again if that helps. */
function refuse(code: ProblemCode, message: string, retryAfterMs: number): Error {
  return Object.assign(new Error(message), { data: { code, retryAfterMs } });
}

/** Strangers send what they like: the reply is wanted by the last argument, if that is a function. */
function payloadAndReply(sent: readonly unknown[]): [payload: unknown, reply: unknown] {
  return [typeof sent[0] === "function" ? undefined : sent[0], sent.at(-1)];
}
