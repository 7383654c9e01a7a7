import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { REQUEST_BODY_MAX_BYTES } from "../protocol/limits.ts";
import type { Messages } from "./express.ts";

/**
 * Why a request was not heard: it is no HTTP, or could be read in two ways (`request`), its headers are too long
 * (`headers`), it did not arrive in time (`slow`), or came with too many others ahead of their answers (`pipeline`).
 */
export type HttpHostility = "request" | "headers" | "slow" | "pipeline";

/** A second before the contract's, since whoever is late is looked for once a second. */
const HEADERS_TIMEOUT_MS = 14_000;
/** A body of a mebibyte gets through at 280 kbit/s. */
const REQUEST_TIMEOUT_MS = 30_000;
const LOOK_FOR_LATE_EVERY_MS = 1_000;
/**
 * Longer than proxies keep their idle connections (60 s is common): with Node's 5 s a proxy would again and again send a
 * request into a connection that is just being closed, and its reader would get a 502.
 */
const KEPT_IDLE_MS = 75_000;
/** An answer of which nothing is taken for so long is given up. Streams and long polls say something more often. */
const STALLED_MS = 60_000;
/** No browser and no proxy sends ahead, and each answer that waits for its turn is held in memory. */
const UNANSWERED_MAX = 16;

/** Answers that are due, by their connection. */
const due = new WeakMap<Socket, Set<ServerResponse>>();

/** Node's HTTP server, for an internet where not everybody means well. */
export function createGuardedServer(messages: Messages, onHostile: (reason: HttpHostility) => void): Server {
  const server = createServer({
    ...messages,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: LOOK_FOR_LATE_EVERY_MS,
    keepAliveTimeout: KEPT_IDLE_MS,
  });
  server.timeout = STALLED_MS;
  server.on("checkContinue", (request, response) => {
    // Who asks first need not be told to send what is refused in any case.
    if (Number(request.headers["content-length"] ?? 0) <= REQUEST_BODY_MAX_BYTES) response.writeContinue();
    server.emit("request", request, response);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const refusal = refusalOf(error);
    if (refusal) onHostile(refusal.reason);
    if (!refusal || !socket.writable || !isNext(socket)) return void socket.destroy();
    socket.end(`HTTP/1.1 ${refusal.status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
  });
  return server;
}

export type RequestGuards = {
  /** Whether somebody here speaks what the request offers to go on with. */
  isUpgrade: (request: IncomingMessage) => boolean;
  onHostile: (reason: HttpHostility) => void;
};

/** Call it when everybody who listens for requests does: it stands before them. */
export function guardRequests(server: Server, { isUpgrade, onHostile }: RequestGuards): void {
  intercept(server, "request", (pass, request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (socket.destroyed) return;
    const ahead = due.get(socket) ?? new Set();
    const refusal = ahead.size >= UNANSWERED_MAX ? "pipeline" : isClear(request) ? null : "request";
    if (refusal) {
      onHostile(refusal);
      return void socket.destroy();
    }
    due.set(socket, ahead.add(response));
    response.once("close", () => ahead.delete(response));
    pass();
  });
  intercept(server, "upgrade", (pass, request: IncomingMessage, socket: Socket, head: Buffer) => {
    // What is still to be said in HTTP would be said in the middle of something else.
    const refusal = due.get(socket)?.size ? "pipeline" : isClear(request) ? null : "request";
    if (refusal) {
      onHostile(refusal);
      return void socket.destroy();
    }
    if (isUpgrade(request)) pass();
    else takeBack(server, request, socket, head);
  });
}

/** Puts itself before all who listen for `event`. @param listener calls `pass` for whatever they are to hear of. */
function intercept<A extends unknown[]>(
  server: Server,
  event: "request" | "upgrade",
  listener: (pass: () => void, ...happened: A) => void,
): void {
  const others = server.listeners(event) as ((...happened: A) => void)[];
  server.removeAllListeners(event);
  server.on(event, (...happened: unknown[]) => {
    const told = happened as A;
    listener(() => others.forEach((other) => void other.call(server, ...told)), ...told);
  });
}

/**
 * An offer to go on in another protocol may be passed over (RFC 9110, section 7.8); `curl --http2` makes one with every
 * first request. Node has left HTTP by then, without asking: `shouldUpgradeCallback` came with 24.9. So the server gets
 * the connection as a new one, on which the same request comes without the offer, and as the last one.
 */
function takeBack(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`, "Connection: close"];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    if (!/^(connection|upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", socket);
}

/** Whether what is written now would be taken for the answer to the request that is at fault. */
function isNext(socket: Socket): boolean {
  const [first, ...others] = due.get(socket) ?? [];
  return others.length === 0 && !first?.headersSent;
}

/** Whether it is plain what is asked for, and of whom. An absolute address becomes its path (RFC 9112, section 3.2.2). */
function isClear(request: IncomingMessage): boolean {
  const path = pathOf(request.url);
  if (path === null || isForSeveralHosts(request)) return false;
  request.url = path;
  return true;
}

/** @returns null for what is no address, which Express would answer with a page of its own. */
function pathOf(url = ""): string | null {
  if (url.startsWith("/") || url === "*") return url;
  if (!URL.canParse(url)) return null;
  const { protocol, pathname, search } = new URL(url);
  return /^https?:$/.test(protocol) ? `${pathname}${search}` : null;
}

/** Node takes the first, a proxy in front perhaps the last (RFC 9112, section 3.2). */
function isForSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.filter((name, at) => at % 2 === 0 && /^host$/i.test(name)).length > 1;
}

/** @returns null for clients that only went away. */
function refusalOf({ code = "" }: NodeJS.ErrnoException): { reason: HttpHostility; status: string } | null {
  if (code === "HPE_HEADER_OVERFLOW") return { reason: "headers", status: "431 Request Header Fields Too Large" };
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return { reason: "slow", status: "408 Request Timeout" };
  if (!code.startsWith("HPE_") || code === "HPE_INVALID_EOF_STATE") return null;
  return { reason: "request", status: "400 Bad Request" };
}
