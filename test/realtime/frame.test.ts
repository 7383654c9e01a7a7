import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Server } from "socket.io";
import { frameWriter } from "../../src/realtime/fanout.ts";
import { Frame } from "../../src/realtime/frame.ts";
import { QUEUE_MAX_BYTES, QUEUE_MAX_EVENTS } from "../../src/realtime/reader.ts";
import { Shortcut } from "../../src/realtime/shortcut.ts";
import { SocketReader } from "../../src/realtime/socket-reader.ts";
import { TestReader } from "../support/socket-reader.ts";

type Sender = { sendFrame(list: Buffer[], done: unknown): void };
type WithSender = { transport: { socket: { _sender: Sender } } };

const ORDINARY = new Shortcut(frameWriter("ordinary"));

/** What the fan-out relies on beyond the documented face of Socket.IO, Engine.IO and ws. */
test("[R2] a frame reaches the client as one write of the very bytes that all readers share, whatever its length", async () => {
  const http = createServer().listen(0);
  const io = new Server(http);
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const connected = new Promise<SocketReader>((resolve) => {
    io.on("connection", (socket) => {
      const sender = (socket.conn as unknown as WithSender).transport.socket._sender;
      const sendFrame = sender.sendFrame.bind(sender);
      sender.sendFrame = (list, done) => {
        written.push(...list);
        sendFrame(list, done);
      };
      resolve(new SocketReader(socket.conn as never, undefined, ORDINARY, () => assert.fail("not too slow")));
    });
  });
  const written: Buffer[] = [];
  const client = await TestReader.connect(url);
  const reader = await connected;
  // Both sides of the lengths at which a WebSocket frame's header grows.
  for (const length of [0, 60, 70, 80, 125, 126, 65_000, 65_535, 65_536, 200_000]) {
    const frame = Frame.of("reset", { story: "s".repeat(length), reason: "history", afterMs: 1 });
    written.length = 0;
    reader.send(frame);
    assert.deepEqual(await client.next("reset"), { story: "s".repeat(length), reason: "history", afterMs: 1 });
    assert.equal(written.length, 1, "one buffer");
    assert.equal(written[0], frame.packet.bytesFor(false), "not a copy");
  }
  client.close();
  await io.close();
});

/** A connection whose transport takes nothing: what is written stays in line. */
function stuckReader(onTooSlow: () => void) {
  const writeBuffer: { data: string; options: object | undefined }[] = [{ data: "2", options: undefined }];
  const write = (data: string, options?: object) => writeBuffer.push({ data, options });
  const connection = { writeBuffer, write, transport: { writable: false } } as never;
  return { reader: new SocketReader(connection, undefined, ORDINARY, onTooSlow), writeBuffer };
}

test("[R3] a queue is bounded by events and by bytes, on both sides of the bound; what is no event stays", () => {
  const small = Frame.of("presence", { story: "a", watching: 1 });
  const large = Frame.of("reset", { story: "x".repeat(QUEUE_MAX_BYTES / 4), reason: "history", afterMs: 0 });
  const bounds = [
    { frame: small, fits: QUEUE_MAX_EVENTS - 1 },
    { frame: large, fits: 3 },
  ];
  for (const { frame, fits } of bounds) {
    let dropped = 0;
    const { reader, writeBuffer } = stuckReader(() => {
      dropped += 1;
    });
    for (let event = 0; event < fits; event += 1) reader.send(frame);
    assert.deepEqual([dropped, writeBuffer.length], [0, fits + 1]);
    reader.send(frame);
    assert.equal(dropped, 1);
    assert.deepEqual(writeBuffer, [{ data: "2", options: undefined }]);
  }
});
