import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";
import { type AddressLimit, limitOf } from "../protocol/address-limit.ts";
import { Problem } from "../protocol/problem.ts";
import { RateWindows } from "../protocol/rate-windows.ts";
import { startRead } from "./read-headers.ts";

export type ReadRateOptions = {
  perMinute: AddressLimit;
  addressOf: (request: IncomingMessage) => string;
  onRefused: () => void;
};

const WINDOW_MS = 60_000;

/** Refuses what an address reads beyond its share of this node, before anything is done for it. */
export function limitReads({ perMinute, addressOf, onRefused }: ReadRateOptions): RequestHandler {
  const windows = new RateWindows();
  return (request, response, next) => {
    if (request.method !== "GET" && request.method !== "HEAD") return next();
    const address = addressOf(request);
    const limit = limitOf(perMinute, address);
    if (limit === Number.POSITIVE_INFINITY) return next();
    const { count, endsInMs } = windows.count(address, WINDOW_MS, performance.now());
    if (count <= limit) return next();
    onRefused();
    // A page of another site may read when to come again.
    startRead(request, response);
    throw new Problem("rate_limited", "Your address reads too often. Wait as long as Retry-After says.", {
      retryAfterSeconds: Math.ceil(endsInMs / 1_000),
    });
  };
}
