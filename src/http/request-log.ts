import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHandler, Response } from "express";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import { EMBED_PATH } from "../pages/assets.ts";
import type { ProblemCode } from "../protocol/problem.ts";

const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Why a request was refused; the error only where the fault is ours. */
type Failure = { code: ProblemCode; err?: unknown };

export type RequestKind = "read" | "write" | "stream" | "page" | "asset" | "operation";
/** Told of every request that was answered, or given up. */
export type RequestObserver = (kind: RequestKind, status: number, seconds: number) => void;

/**
 * Gives each request an id, the caller's if it sent a good one, and logs one line when it is answered: what failed here
 * as an error, writes at `info`, reads at `debug`, also those that were refused: a log must not be what strangers fill.
 * Neither headers nor queries are logged: they may hold keys.
 */
export class RequestLog {
  readonly #logger: Logger;
  readonly #observe: RequestObserver;

  constructor(logger: Logger, observe: RequestObserver) {
    this.#logger = logger;
    this.#observe = observe;
  }

  /** @returns the request's id. @param failure asked when it was answered. */
  begin(
    request: IncomingMessage,
    response: ServerResponse,
    failure: () => Failure | undefined = () => undefined,
  ): string {
    const { method = "", url = "", headers } = request;
    const [path = ""] = url.split("?", 1);
    const given = headers["x-request-id"];
    const requestId = typeof given === "string" && REQUEST_ID.test(given) ? given : uuidv7();
    const startedAt = performance.now();
    response.on("close", () => {
      const { statusCode: status, writableFinished: complete } = response;
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      const level = status >= 500 ? "error" : isRead(method) ? "debug" : "info";
      this.#observe(kindOf(method, path), status, ms / 1_000);
      this.#logger[level]({ requestId, method, path, status, ms, complete, ...failure() }, "request");
    });
    return requestId;
  }

  /** Of an Express application. */
  get middleware(): RequestHandler {
    return (request, response, next) => {
      const requestId = this.begin(request, response, () => failureOf(response));
      response.set("X-Request-Id", requestId);
      response.locals.logger = this.#logger.child({ requestId });
      next();
    };
  }
}

export function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

/** Few on purpose: every kind is a time series for each status. */
function kindOf(method: string, path: string): RequestKind {
  if (path.startsWith("/api/")) {
    if (!isRead(method)) return "write";
    return path.endsWith("/stream") ? "stream" : "read";
  }
  if (path.startsWith("/assets/") || path.startsWith(`${EMBED_PATH}/`)) return "asset";
  return /^\/(health|metrics)\b/.test(path) ? "operation" : "page";
}

/** For the line of the request. */
export function noteFailure(response: Response, code: ProblemCode, error: unknown): void {
  const isOurs = code === "internal" || code === "store_unavailable";
  response.locals.failure = { code, ...(isOurs ? { err: error } : {}) } satisfies Failure;
}

function failureOf(response: Response): Failure | undefined {
  return response.locals.failure as Failure | undefined;
}
