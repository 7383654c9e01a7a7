import type { IncomingMessage } from "node:http";
import { type AddressLimit, limitOf } from "../protocol/address-limit.ts";
import type { ProblemCode } from "../protocol/problem.ts";

export type AdmissionOptions = {
  /** Sockets and streams of this node together; Infinity: no limit. */
  connections: number;
  /** Those of them that other processes of this node hold. */
  elsewhere: () => number;
  perAddress: AddressLimit;
  addressOf: (request: IncomingMessage) => string;
  onRefused: (reason: "connections" | "connections_per_address") => void;
};

export type Refusal = { code: ProblemCode; message: string; retryAfterMs: number };
/** @property leave gives the place back; safe to call twice. */
export type Place = { leave: () => void };

/** Long enough for others to leave, and a different time for each of those who were refused together. */
const RETRY_FROM_MS = 10_000;
const RETRY_SPREAD_MS = 20_000;

/** How many readers a node takes, on whatever kind of connection, and how many of them from one address. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #byAddress = new Map<string, number>();
  #open = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  get places(): number {
    return this.#open;
  }

  enter(request: IncomingMessage): Place | Refusal {
    const { connections, elsewhere, perAddress, addressOf, onRefused } = this.#options;
    if (this.#open + elsewhere() >= connections) {
      onRefused("connections");
      return refuse("store_unavailable", "This node has as many readers as it takes.");
    }
    const address = addressOf(request);
    const before = this.#byAddress.get(address) ?? 0;
    if (before >= limitOf(perAddress, address)) {
      onRefused("connections_per_address");
      return refuse("rate_limited", "Your address has as many connections here as one may have.");
    }
    this.#open += 1;
    this.#byAddress.set(address, before + 1);
    return { leave: this.#leaver(address) };
  }

  #leaver(address: string): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#open -= 1;
      const others = (this.#byAddress.get(address) ?? 1) - 1;
      if (others > 0) this.#byAddress.set(address, others);
      else this.#byAddress.delete(address);
    };
  }
}

function refuse(code: ProblemCode, message: string): Refusal {
  return { code, message, retryAfterMs: RETRY_FROM_MS + Math.round(Math.random() * RETRY_SPREAD_MS) };
}
