import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { type ClientOptions, WebSocket } from "ws";
import type { ConnectionOwner } from "../../../src/realtime/connection.ts";
import { ConnectionGuard } from "../../../src/realtime/connection-guard.ts";
import { type FrameWriter, frameWriter } from "../../../src/realtime/fanout.ts";
import type { WebSocketConnection } from "../../../src/realtime/web-socket-connection.ts";
import { WebSocketUpgrades } from "../../../src/realtime/web-socket-upgrades.ts";

export const REQUEST_MAX_BYTES = 16 * 1024;

/** Whoever has a connection, and what it was told. */
export class RecordingOwner implements ConnectionOwner {
  readonly heard: unknown[] = [];
  drains = 0;
  dropped = 0;
  isEnded = false;

  hear(data: unknown): void {
    this.heard.push(data);
  }
  drained(): void {
    this.drains += 1;
  }
  tooSlow(): void {
    this.dropped += 1;
  }
  ended(): void {
    this.isEnded = true;
  }
}

/** A WebSocket client that can stop to listen, and the connection that the server has with it. */
export async function upgraded(t: TestContext, write: FrameWriter = frameWriter("write"), options: ClientOptions = {}) {
  const http = createServer().listen(0, "127.0.0.1");
  const hostile: string[] = [];
  const guard = new ConnectionGuard((reason) => hostile.push(reason));
  const owner = new RecordingOwner();
  let connection: WebSocketConnection | undefined;
  let request: WeakRef<IncomingMessage> | undefined;
  const upgrades = new WebSocketUpgrades({
    ...{ requestMaxBytes: REQUEST_MAX_BYTES, write, guard, refusalOf: () => null, hasRoom: () => true },
    onConnection: (opened, began) => {
      connection = opened;
      opened.owner = owner;
      request = new WeakRef(began);
    },
  });
  http.on("upgrade", (began, tcp, head) => upgrades.take(began, tcp as never, head));
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const address = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`;
  const client = new WebSocket(address, { perMessageDeflate: false, ...options });
  t.after(() => {
    client.terminate();
    upgrades.close();
    http.close();
  });
  const messages: string[] = [];
  client.on("message", (message) => messages.push(String(message)));
  await once(client, "message");
  return { connection: connection ?? assert.fail("no connection"), client, messages, owner, hostile, request };
}

/** Reads in a later turn of the event loop, so that it can turn. */
export function soon<T>(read: () => T): () => Promise<T> {
  return () => new Promise((resolve) => setImmediate(() => resolve(read())));
}
