import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Server } from "engine.io";
import { WebSocket } from "ws";
import { type EngineConnection, forgetHandshake, type TcpSocket } from "../../src/realtime/engine-connection.ts";
import { frameWriter, libuvWriter, sendWriter } from "../../src/realtime/fanout.ts";
import { Frame } from "../../src/realtime/frame.ts";
import { type FrameWriter, Shortcut } from "../../src/realtime/shortcut.ts";
import { SocketReader } from "../../src/realtime/socket-reader.ts";
import { eventually } from "../support/eventually.ts";
import { seededRandom, seedOfRun } from "../support/seeded-random.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** A WebSocket client that can stop to listen, and the connection that the server has with it. */
async function connect(t: TestContext) {
  const http = createServer().listen(0);
  const engine = new Server();
  engine.attach(http, { path: "/socket.io/" });
  const connected = once(engine, "connection") as Promise<[EngineConnection]>;
  const { port } = http.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  const messages: string[] = [];
  client.on("message", (message) => messages.push(String(message)));
  const [[connection]] = await Promise.all([connected, once(client, "open")]);
  await eventually(
    soon(() => connection),
    isIdle,
  );
  t.after(() => {
    client.terminate();
    engine.close();
    http.close();
  });
  return { connection, client, messages };
}

function isIdle({ transport, writeBuffer }: EngineConnection): boolean {
  return transport.writable && writeBuffer.length === 0 && transport.socket?.bufferedAmount === 0;
}

/** As much as the kernel may take at once, and sometimes less: as send(2) on a connection that fills up. */
function takesParts(random: () => number): (fileDescriptor: number, frame: Buffer) => number {
  return (fileDescriptor, frame) => {
    const part = random() < 0.3 ? Math.ceil(random() * frame.length) : frame.length;
    try {
      return writeSync(fileDescriptor, frame, 0, part);
    } catch {
      return -1;
    }
  };
}

function counted(write: FrameWriter, onTaken: () => void): FrameWriter {
  return (tcp, frame) => {
    const took = write(tcp, frame);
    if (took) onTaken();
    return took;
  };
}

/** Reads in a later turn of the event loop, so that it can turn. */
function soon<T>(read: () => T): () => Promise<T> {
  return () => new Promise((resolve) => setImmediate(() => resolve(read())));
}

/** A failure should not print megabytes. */
function brief(message: string): string {
  return `${message.slice(0, 10)}…${message.slice(-40)} (${message.length})`;
}

const libuv = libuvWriter();
const ENGINES: Record<string, (random: () => number) => FrameWriter> = {
  send: (random) => sendWriter(takesParts(random)),
  libuv: () => libuv ?? assert.fail("Node does not show its stream handles any more: see libuvWriter."),
  socket: () => frameWriter("socket"),
};

for (const [name, engine] of Object.entries(ENGINES)) {
  test(`[R2] by ${name}, a reader that stalls and goes on gets everything once and in order`, async (t) => {
    const seed = seedOfRun();
    t.diagnostic(`SEED=${seed}`);
    const random = seededRandom(seed);
    const { connection, client, messages } = await connect(t);
    const taken = { short: 0, ordinary: 0 };
    const counting = counted(engine(random), () => {
      taken.short += 1;
    });
    const reader = new SocketReader(connection, undefined, new Shortcut(counting), () => assert.fail("not too slow"));
    const sent: string[] = [];
    const speak = () => {
      if (random() < 0.2) {
        connection.write("3", {});
        sent.push("43");
        return;
      }
      const padding = "x".repeat(random() < 0.5 ? random() * 200 : random() * 200_000);
      const frame = Frame.of("reset", { story: padding, reason: "history", afterMs: sent.length });
      const before = taken.short;
      reader.send(frame);
      taken.ordinary += Number(taken.short === before);
      sent.push(`4${frame.packet.text}`);
    };
    for (let round = 0; round < 8; round += 1) {
      client.pause();
      while (isIdle(connection) || random() < 0.2) {
        speak();
        await new Promise(setImmediate);
      }
      for (let more = 0; more < 5; more += 1) speak();
      client.resume();
      if (random() < 0.5)
        await eventually(
          soon(() => messages.length),
          (length) => length === sent.length + 1,
        );
      for (let more = 0; more < 5; more += 1) speak();
      await eventually(
        soon(() => isIdle(connection)),
        Boolean,
      );
    }
    await eventually(
      soon(() => messages.length),
      (length) => length >= sent.length + 1,
    );
    assert.deepEqual(messages.slice(1).map(brief), sent.map(brief));
    assert.ok(taken.short > 8 && taken.ordinary > 8, JSON.stringify(taken));
  });
}

test("[R2] the shortcut is closed while anything is queued, closing or not a WebSocket", () => {
  const idle = {
    readyState: "open",
    upgrading: false,
    writeBuffer: [],
    transport: { writable: true, socket: { readyState: 1, bufferedAmount: 0, _socket: {} as TcpSocket } },
  };
  const shortcut = new Shortcut(() => true);
  const isOpen = (change: object) => shortcut.take({ ...idle, ...change } as never, Buffer.from("x"));
  const { transport } = idle;
  assert.equal(isOpen({}), true);
  assert.equal(isOpen({ readyState: "closing" }), false);
  assert.equal(isOpen({ upgrading: true }), false);
  assert.equal(isOpen({ writeBuffer: [{ data: "2" }] }), false);
  assert.equal(isOpen({ transport: { writable: true } }), false, "polling");
  assert.equal(isOpen({ transport: { ...transport, writable: false } }), false);
  assert.equal(isOpen({ transport: { ...transport, socket: { ...transport.socket, readyState: 2 } } }), false);
  assert.equal(isOpen({ transport: { ...transport, socket: { ...transport.socket, bufferedAmount: 1 } } }), false);
});

test("[R2] a reader that is gone takes nothing and harms nothing", async (t) => {
  for (const write of [frameWriter("libuv"), frameWriter("socket"), sendWriter(takesParts(() => 1))]) {
    const { connection, client } = await connect(t);
    const reader = new SocketReader(connection, undefined, new Shortcut(write), () => assert.fail("not too slow"));
    client.terminate();
    while (connection.readyState === "open") {
      reader.send(Frame.of("goodbye", { reconnectAfterMs: 1 }));
      await new Promise(setImmediate);
    }
    reader.send(Frame.of("goodbye", { reconnectAfterMs: 1 }));
  }
});

/** What the shortcut was made for. With other versions: read again what it relies on, then change this. */
test("[R2] the packages below the shortcut are those that it was made for", async (t) => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const minors = ["engine.io", "ws"].map((name) => packages[`node_modules/${name}`].version.replace(/\.\d+$/, ""));
  assert.deepEqual(minors, ["6.6", "8.21"]);
  const { connection } = await connect(t);
  const { transport, writeBuffer, upgrading, readyState } = connection;
  assert.deepEqual(
    [Array.isArray(writeBuffer), upgrading, readyState, transport.writable],
    [true, false, "open", true],
  );
  const { socket } = transport;
  assert.deepEqual([socket?.readyState, socket?.bufferedAmount], [1, 0]);
  const handle = socket?._socket._handle;
  assert.ok(handle && handle.fd > 0 && typeof handle.writeBuffer === "function");
  // A write that the kernel has not taken yet is seen, whoever made it.
  connection.write("x", {});
  assert.equal(transport.writable, false);
  await eventually(
    soon(() => transport.writable),
    Boolean,
  );
});

test("an engine whose package is not installed says what to install, before anything is opened", () => {
  assert.throws(() => frameWriter("send"), /FANOUT "send" (needs the package koffi: npm install koffi|is for Linux)/);
});

test("the request that began a connection is let go, which Engine.IO would keep", async (t) => {
  const { connection } = await connect(t);
  const request = new WeakRef(connection.request ?? assert.fail("no request"));
  forgetHandshake(connection);
  await eventually(
    soon(() => {
      collectGarbage();
      return request.deref() === undefined;
    }),
    Boolean,
  );
  assert.equal(connection.readyState, "open");
});
