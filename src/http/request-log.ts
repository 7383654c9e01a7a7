import type { RequestHandler } from "express";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";

const REQUEST_ID = /^[\w.:-]{1,100}$/;

/**
 * Gives each request an id, the caller's if it sent a good one, and logs one line when it is answered: writes and
 * failures at `info` and above, reads at `debug`. Neither headers nor queries are logged: they may hold keys.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const given = request.get("x-request-id") ?? "";
    const requestId = REQUEST_ID.test(given) ? given : uuidv7();
    response.set("X-Request-Id", requestId);
    response.locals.logger = logger.child({ requestId });
    const startedAt = performance.now();
    response.on("close", () => {
      const { statusCode: status, writableFinished: complete } = response;
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      const isRead = request.method === "GET" || request.method === "HEAD" || request.method === "OPTIONS";
      const level = status >= 500 ? "error" : isRead ? "debug" : "info";
      logger[level]({ requestId, method: request.method, path: request.path, status, ms, complete }, "request");
    });
    next();
  };
}
