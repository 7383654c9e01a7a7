import type { RequestHandler, Response } from "express";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import type { ProblemCode } from "../protocol/problem.ts";

const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Why a request was refused; the error only where the fault is ours. */
type Failure = { code: ProblemCode; err?: unknown };

/**
 * Gives each request an id, the caller's if it sent a good one, and logs one line when it is answered: writes and
 * failures at `info` and above, reads at `debug`. Neither headers nor queries are logged: they may hold keys.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const given = request.get("x-request-id") ?? "";
    const requestId = REQUEST_ID.test(given) ? given : uuidv7();
    const own = logger.child({ requestId });
    response.set("X-Request-Id", requestId);
    response.locals.logger = own;
    const { method, path } = request;
    const startedAt = performance.now();
    response.on("close", () => {
      const { statusCode: status, writableFinished: complete } = response;
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      const isRead = method === "GET" || method === "HEAD" || method === "OPTIONS";
      const level = status >= 500 ? "error" : isRead ? "debug" : "info";
      own[level]({ method, path, status, ms, complete, ...failureOf(response) }, "request");
    });
    next();
  };
}

/** For the line of the request. */
export function noteFailure(response: Response, code: ProblemCode, error: unknown): void {
  const isOurs = code === "internal" || code === "store_unavailable";
  response.locals.failure = { code, ...(isOurs ? { err: error } : {}) } satisfies Failure;
}

function failureOf(response: Response): Failure | undefined {
  return response.locals.failure as Failure | undefined;
}
