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

/** What an address may read of this node. */
export class ReadRate {
  readonly #options: ReadRateOptions;
  readonly #windows = new RateWindows();

  constructor(options: ReadRateOptions) {
    this.#options = options;
  }

  /** Counts a read. @returns for how long its address has to wait, in milliseconds; 0 when it need not. */
  waitMs(request: IncomingMessage): number {
    const { perMinute, addressOf } = this.#options;
    const address = addressOf(request);
    const limit = limitOf(perMinute, address);
    if (limit === Number.POSITIVE_INFINITY) return 0;
    const { count, endsInMs } = this.#windows.count(address, WINDOW_MS, performance.now());
    return count <= limit ? 0 : endsInMs;
  }

  /** Refuses what an address reads beyond its share, before anything is done for it. */
  get middleware(): RequestHandler {
    return (request, response, next) => {
      if (request.method !== "GET" && request.method !== "HEAD") return next();
      const waitMs = this.waitMs(request);
      if (waitMs === 0) return next();
      this.#options.onRefused();
      // A page of another site may read when to come again.
      startRead(request, response);
      throw new Problem("rate_limited", "Your address reads too often. Wait as long as Retry-After says.", {
        retryAfterSeconds: Math.ceil(waitMs / 1_000),
      });
    };
  }
}
