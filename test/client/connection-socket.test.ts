import "../support/web-socket.ts";
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket as NetSocket } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { Server, type Socket as ServerSocket } from "socket.io";
import { connectStory } from "../../src/client/connect-story.ts";
import { openSocket, type SocketListener } from "../../src/client/socket.ts";
import type { JoinRequest } from "../../src/protocol/events.ts";
import { VirtualStory } from "../support/virtual-story.ts";

const http = createServer();
const service = new Server(http, { pingInterval: 50, pingTimeout: 400 });
let origin: string;
/** What the service says to the next connection. */
let admit: (socket: ServerSocket) => Error | undefined;

before(async () => {
  service.use((socket, next) => next(admit(socket)));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
after(() => service.close());
beforeEach(() => {
  admit = () => undefined;
});

/** A socket whose signs are taken one by one, in order. */
function open(at = origin) {
  const signs: unknown[][] = [];
  let wake = () => {};
  const note =
    (...name: string[]) =>
    (...rest: unknown[]) => {
      signs.push([...name, ...rest]);
      wake();
    };
  const listener: SocketListener = {
    onConnected: note("connected"),
    onLost: note("lost"),
    onRefused: note("refused"),
    onHeartbeat: () => note("heartbeat")(),
    onEvent: note("event"),
  };
  const socket = openSocket(at, listener);
  async function next(): Promise<unknown[]> {
    while (signs.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return signs.shift() ?? [];
  }
  /** Passes over heartbeats. */
  async function nextSign(): Promise<unknown[]> {
    const sign = await next();
    return sign[0] === "heartbeat" ? nextSign() : sign;
  }
  return { socket, next, nextSign, signs };
}

async function openAccepted() {
  const accepted = once(service, "connection") as Promise<[ServerSocket]>;
  const client = open();
  const [server] = await accepted;
  assert.deepEqual(await client.nextSign(), ["connected"]);
  return { ...client, server };
}

test("[C2] a socket asks, is answered, hears events and heartbeats, and reports", async () => {
  const { socket, server, next, nextSign } = await openAccepted();
  server.on("join", (request: JoinRequest, reply) => reply({ asked: request }));
  const request = { story: "storm", position: "run1.3.t3" };
  assert.deepEqual(await new Promise((resolve) => socket.join(request, resolve)), { asked: request });
  server.emit("changes", { story: "storm" });
  server.emit("of_a_later_version", {});
  server.emit("goodbye", { reconnectAfterMs: 5 });
  assert.deepEqual(await nextSign(), ["event", "changes", { story: "storm" }]);
  assert.deepEqual(await nextSign(), ["event", "goodbye", { reconnectAfterMs: 5 }]);
  assert.deepEqual(await next(), ["heartbeat"]);
  const left = once(server, "leave");
  socket.leave("storm");
  assert.deepEqual((await left)[0], { story: "storm" });
  const seen = once(server, "seen");
  socket.seen("storm", 4);
  assert.deepEqual(await seen, [{ story: "storm", seq: 4 }]);
  socket.close();
});

test("[C2] a closed socket is gone for the service, and says nothing more", async () => {
  const { socket, server, signs } = await openAccepted();
  const gone = once(server, "disconnect");
  socket.close();
  socket.close();
  await gone;
  assert.deepEqual(
    signs.filter(([name]) => name !== "heartbeat"),
    [],
  );
});

test("[C2] a socket that is closed before it is open never gets to the service", async () => {
  const accepted = once(service, "connection") as Promise<[ServerSocket]>;
  const hasty = open();
  hasty.socket.close();
  const patient = open();
  await patient.nextSign();
  await accepted;
  assert.equal(service.of("/").sockets.size, 1);
  assert.deepEqual(hasty.signs, []);
  patient.socket.close();
});

test("[C2] a connection that the service ends is lost", async () => {
  for (const close of [(server: ServerSocket) => server.disconnect(), (server: ServerSocket) => server.conn.close()]) {
    const { socket, server, nextSign } = await openAccepted();
    close(server);
    assert.deepEqual((await nextSign())[0], "lost");
    socket.close();
  }
});

test("[C2] a service that is silent for longer than its heartbeats allow is lost", async () => {
  const { socket, server, nextSign } = await openAccepted();
  // As a cable pulled, or a machine asleep: nothing arrives and nothing ends.
  const transport = (server.conn.transport as unknown as { socket: { _socket: NetSocket } }).socket._socket;
  transport.pause();
  server.conn.transport.send = () => {};
  assert.deepEqual(await nextSign(), ["lost"]);
  socket.close();
});

test("[C2] what is not the protocol ends the connection", async () => {
  for (const nonsense of ["42{", "43x", "42", "0nothing"]) {
    const { socket, server, nextSign } = await openAccepted();
    (server.conn.transport as unknown as { socket: { send(text: string): void } }).socket.send(nonsense);
    assert.deepEqual(await nextSign(), ["lost"], nonsense);
    socket.close();
  }
});

test("[C2] packets of a later version of the protocol are passed over", async () => {
  const { socket, server, nextSign } = await openAccepted();
  const { socket: webSocket } = server.conn.transport as unknown as { socket: { send(text: string): void } };
  for (const packet of ["6", "9", "47", '45[""]']) webSocket.send(packet);
  server.emit("goodbye", { reconnectAfterMs: 5 });
  assert.deepEqual(await nextSign(), ["event", "goodbye", { reconnectAfterMs: 5 }]);
  socket.close();
});

test("[C2] a service that is not there is lost", async () => {
  const { socket, nextSign } = open("http://127.0.0.1:9");
  assert.deepEqual((await nextSign())[0], "lost");
  socket.close();
});

test("[R5] a refusal comes with its code, and takes the connection with it", async () => {
  const refusal = { code: "rate_limited", retryAfterMs: 7_000 };
  let gone: Promise<unknown> | undefined;
  admit = (socket) => {
    gone = once(socket.conn, "close");
    return Object.assign(new Error("Too many connections"), { data: refusal });
  };
  const { socket, nextSign } = open();
  assert.deepEqual(await nextSign(), ["refused", refusal, "Too many connections"]);
  await gone;
  socket.close();
});

test("[R1] without a browser a story is followed all the same, and its socket closes with it", async () => {
  const story = new VirtualStory("storm", Date.now);
  const accepted = once(service, "connection") as Promise<[ServerSocket]>;
  const page = new EventEmitter();
  const connection = connectStory({
    url: origin,
    story: "storm",
    onTimeline: ({ entries }) => page.emit("entries", entries.length),
    onState() {},
  });
  const [server] = await accepted;
  server.on("join", ({ position, limit }: JoinRequest, reply) => reply(story.answer(position, limit)));
  assert.deepEqual(await once(page, "entries"), [0]);
  server.emit("changes", { story: "storm", epoch: story.epoch, ...story.publish() });
  assert.deepEqual(await once(page, "entries"), [1]);
  const gone = once(server, "disconnect");
  connection.close();
  await gone;
});
