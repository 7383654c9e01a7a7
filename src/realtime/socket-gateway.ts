import type { Server as HttpServer } from "node:http";
import { Server, type Socket } from "socket.io";
import type { ClientToServerEvents, ServerToClientEvents } from "../protocol/events.ts";
import type { Problem, ProblemCode } from "../protocol/problem.ts";
import { RateWindows } from "../protocol/rate-windows.ts";
import type { Admission } from "./admission.ts";
import { leaveAfterMs } from "./drain.ts";
import type { Rooms } from "./rooms.ts";
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
};

type ReaderSocket = Socket<ClientToServerEvents, ServerToClientEvents>;

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
  #draining = false;
  #onLastGone: (() => void) | null = null;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#admission = new SocketAdmission(options.admission, () => options.onRefused("handshakes"));
    this.#io = new Server(options.http, {
      serveClient: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxHttpBufferSize: REQUEST_MAX_BYTES,
      // Compressing for every reader anew would cost more than all the rest of a delivery.
      perMessageDeflate: false,
      allowRequest: (request, done) => done(undefined, this.#admission.allowHandshake(request)),
      cors: { origin: options.allowedOrigins.length > 0 ? [...options.allowedOrigins] : "*" },
    });
    this.#io.engine.on("connection", (connection: ReaderSocket["conn"]) => this.#admission.take(connection));
    this.#io.use((socket, next) => {
      const refusal = this.#refusal(socket);
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
    this.#io.disconnectSockets(true);
    this.#io.engine.close();
  }

  #refusal({ conn, handshake: { headers } }: ReaderSocket): Error | undefined {
    if (this.#draining) {
      return refuse("store_unavailable", "This node is about to stop.", 200 + Math.round(Math.random() * 1_300));
    }
    const full = this.#admission.refusalOf(conn);
    if (full) return refuse(full.code, full.message, full.retryAfterMs);
    const { allowedOrigins, foreignOrigin } = this.#options;
    const origin = foreignOrigin(headers);
    if (origin === undefined || allowedOrigins.length === 0 || allowedOrigins.includes(origin)) return undefined;
    return refuse("forbidden", "Pages of this site may not connect.");
  }

  #welcome(socket: ReaderSocket): void {
    const origin = this.#options.foreignOrigin(socket.handshake.headers);
    const { rooms, toProblem, onRefused } = this.#options;
    const onRefusedJoin = () => onRefused("join_rate");
    const session = new SocketSession(socket, origin, { rooms, toProblem, joins: this.#joins, onRefusedJoin });
    this.#sessions.set(socket, session);
    socket.on("join", (...sent) => void session.join(...payloadAndReply(sent)));
    socket.on("leave", (...sent) => session.leave(...payloadAndReply(sent)));
    socket.on("seen", (report: unknown) => session.seen(report));
    socket.on("disconnect", () => {
      this.#sessions.delete(socket);
      session.close();
      if (this.#sessions.size === 0) this.#onLastGone?.();
    });
  }
}

/** A refused connection is a `connect_error` whose `data` says why, and when to come again if that helps. */
function refuse(code: ProblemCode, message: string, retryAfterMs?: number): Error {
  return Object.assign(new Error(message), { data: { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } });
}

/** Strangers send what they like: the reply is wanted by the last argument, if that is a function. */
function payloadAndReply(sent: readonly unknown[]): [payload: unknown, reply: unknown] {
  return [typeof sent[0] === "function" ? undefined : sent[0], sent.at(-1)];
}
