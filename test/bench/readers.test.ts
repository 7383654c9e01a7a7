import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { WebSocketServer } from "ws";
import { Readers } from "../../bench/readers/readers.ts";

const STORY = "story";
const SILENCE_MS = 50;

let server: WebSocketServer;
let readers: Readers;
let port: number;

before(async () => {
  const perMessageDeflate = { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 };
  server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate });
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  readers = new Readers();
});
after(async () => {
  await readers.end();
  server.close();
});
beforeEach(() => readers.leave());

async function enter(readersEach: number, deflate = false): Promise<void> {
  await readers.enter({ port, dialect: "websocket", stories: [STORY], readersEach, deflate });
  await readers.listen();
}

function send(seq: number, text = ""): void {
  for (const socket of server.clients) socket.send(JSON.stringify({ seq, text }));
}

test("readers that got each change once, in order, have lost nothing", async () => {
  await enter(3);
  for (const seq of [1, 2, 3]) send(seq);
  assert.equal(await readers.reach({ [STORY]: 3 }), 0);
  const { deliveries, lost, repeated } = await readers.collect([]);
  assert.deepEqual({ deliveries, lost, repeated }, { deliveries: 9, lost: 0, repeated: 0 });
});

test("a change that is left out is lost for every reader", async () => {
  await enter(3);
  for (const seq of [1, 3]) send(seq);
  await readers.reach({ [STORY]: 3 });
  const { lost, repeated } = await readers.collect([]);
  assert.deepEqual({ lost, repeated }, { lost: 3, repeated: 0 });
});

test("a change that comes twice is repeated, and one that comes late is both", async () => {
  await enter(1);
  for (const seq of [1, 1, 3, 2, 4]) send(seq);
  await readers.reach({ [STORY]: 4 });
  const { lost, repeated } = await readers.collect([]);
  assert.deepEqual({ lost, repeated }, { lost: 1, repeated: 2 });
});

test("who never gets the latest change is counted as behind, and the change as lost", async () => {
  await enter(2);
  const [first] = server.clients;
  send(1);
  first?.send(JSON.stringify({ seq: 2 }));
  assert.equal(await readers.reach({ [STORY]: 2 }, SILENCE_MS), 1);
  assert.equal((await readers.collect([])).lost, 1);
});

test("a reader whose connection the server ends fails the measurement", async () => {
  await enter(1);
  for (const socket of server.clients) socket.terminate();
  await assert.rejects(readers.reach({ [STORY]: 1 }, SILENCE_MS), /ended a reader's connection/);
  await readers.end();
  readers = new Readers();
});

test("more readers than this machine can open are refused beforehand, in words", async () => {
  await assert.rejects(enter(10_000_000), /10,000,000 connections need as many open files, .* raise ulimit -n/);
});

test("messages of every length arrive, in one piece or in many", async () => {
  await enter(2);
  for (const [index, length] of [0, 100, 200, 70_000, 1_000_000].entries()) send(index + 1, "x".repeat(length));
  assert.equal(await readers.reach({ [STORY]: 5 }), 0);
  assert.ok((await readers.collect([])).bytes > 2 * 1_070_300);
});

test("readers that offer deflate are sent less and understand the same", async () => {
  const bytesOf = async (deflate: boolean) => {
    await readers.leave();
    await enter(2, deflate);
    for (const seq of [1, 2]) send(seq, "Votes are counted. ".repeat(50));
    assert.equal(await readers.reach({ [STORY]: 2 }), 0);
    const { bytes, lost, repeated } = await readers.collect([]);
    assert.deepEqual({ lost, repeated }, { lost: 0, repeated: 0 });
    return bytes;
  };
  const plain = await bytesOf(false);
  const deflated = await bytesOf(true);
  assert.ok(deflated < plain / 5, `${deflated} of ${plain} bytes`);
});
