import type { IncomingMessage, ServerResponse } from "node:http";
import type { Admission, Refusal } from "./admission.ts";
import type { Connection } from "./connection.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";

/** So many that are refused may stand at once, until they have heard why; the others are turned away unheard. */
const REFUSED_AT_ONCE = 1_000;
const BUSY_RETRY_AFTER_SECONDS = 30;

/**
 * A place for each Socket.IO connection. One that gets none is let in all the same as far as it takes to tell it so:
 * Socket.IO says why only after the handshake.
 */
export class SocketAdmission {
  readonly #admission: Admission;
  readonly #onRefusedHandshake: () => void;
  readonly #refusals = new WeakMap<Connection, Refusal>();
  #refused = 0;

  constructor(admission: Admission, onRefusedHandshake: () => void) {
    this.#admission = admission;
    this.#onRefusedHandshake = onRefusedHandshake;
  }

  /** @returns whether there may be a connection at all; if not, the request has been answered. */
  allowHandshake(request: IncomingMessage): boolean {
    if (this.#refused < REFUSED_AT_ONCE) return true;
    this.#onRefusedHandshake();
    answerBusy(request);
    return false;
  }

  /** A connection is one from its handshake on, whether it says anything or not. @returns to be called when it closes. */
  take(connection: Connection, request: IncomingMessage): () => void {
    const admitted = this.#admission.enter(request);
    if ("leave" in admitted) return admitted.leave;
    this.#refusals.set(connection, admitted);
    this.#refused += 1;
    return () => {
      this.#refused -= 1;
    };
  }

  refusalOf(connection: Connection): Refusal | undefined {
    return this.#refusals.get(connection);
  }
}

/** Engine.IO itself would answer 400 or 403, and not when to come again. What is answered already, it leaves alone. */
function answerBusy(request: IncomingMessage & { res?: ServerResponse }): void {
  const retryAfter = { "Retry-After": BUSY_RETRY_AFTER_SECONDS };
  if (request.res) request.res.writeHead(503, { ...retryAfter, Connection: "close", "Content-Length": 0 }).end();
  else refuseUpgrade(request.socket, 503, "", retryAfter);
}
