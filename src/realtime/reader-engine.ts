import type { IncomingMessage, ServerResponse } from "node:http";
import { Server } from "engine.io";

/** Engine.IO's server. CORS is for polling: browsers ask nothing of the sort before they open a WebSocket. */
export class ReaderEngine extends Server {
  protected override _applyMiddlewares(
    request: IncomingMessage,
    response: ServerResponse,
    done: (error?: unknown) => void,
  ): void {
    if (request.headers.upgrade === undefined) super._applyMiddlewares(request, response, done);
    else done();
  }
}
