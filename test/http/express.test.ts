import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createExpress } from "../../src/http/express.ts";

test("requests and responses reach the routes with the prototypes that they were made with", async (t) => {
  const { app, messages } = createExpress();
  const seen: object[] = [];
  const server = createServer(messages, (request, response) => {
    seen.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    app(request, response);
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  app.get("/", (request, response) => {
    seen.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    response.json({ isOurs: request.app === app && response.app === app });
  });
  await once(server, "listening");
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  assert.deepEqual(await answer.json(), { isOurs: true });
  const [request, response, ...inRoute] = seen;
  assert.ok(request === inRoute[0] && response === inRoute[1]);
});
