import { IncomingMessage, ServerResponse } from "node:http";
import express, { type Express } from "express";

/** By which Node's server makes what it hands to a listener. */
export type Messages = { IncomingMessage: typeof IncomingMessage; ServerResponse: typeof ServerResponse };

/**
 * An application, and the classes for a server that it is to listen to. Express gives every request and response another
 * prototype, after which V8 finds nothing of them where it was: half of what Express costs, and more of what comes after
 * it. Those that are made with the right one from the start are left as they are.
 */
export function createExpress(): { app: Express; messages: Messages } {
  const app = express();
  class Request extends IncomingMessage {}
  class Response extends ServerResponse {}
  Object.setPrototypeOf(Request.prototype, app.request);
  Object.setPrototypeOf(Response.prototype, app.response);
  app.request = Request.prototype as Express["request"];
  app.response = Response.prototype as Express["response"];
  return { app, messages: { IncomingMessage: Request, ServerResponse: Response as typeof ServerResponse } };
}
