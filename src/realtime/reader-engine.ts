import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Server, type ServerOptions } from "engine.io";

type TakeUpgrade = (request: IncomingMessage, tcp: Socket, head: Buffer) => boolean;

/** Engine.IO's server, for polling and for what goes on from there. */
export class ReaderEngine extends Server {
  readonly #takeUpgrade: TakeUpgrade;

  /** @param takeUpgrade asked first. @returns whether the request is one of its own. */
  constructor(options: ServerOptions, takeUpgrade: TakeUpgrade) {
    super(options);
    this.#takeUpgrade = takeUpgrade;
  }

  override handleUpgrade(request: IncomingMessage, tcp: Socket, head: Buffer): void {
    if (!this.#takeUpgrade(request, tcp, head)) super.handleUpgrade(request as never, tcp, head);
  }

  /** CORS is for polling: browsers ask nothing of the sort before they open a WebSocket. */
  protected override _applyMiddlewares(
    request: IncomingMessage,
    response: ServerResponse,
    done: (error?: unknown) => void,
  ): void {
    if (request.headers.upgrade === undefined) super._applyMiddlewares(request, response, done);
    else done();
  }
}
