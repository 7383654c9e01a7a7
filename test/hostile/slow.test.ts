import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { AttackedNode } from "./support/attacked-node.ts";
import { RawConnection } from "./support/raw-connection.ts";
import { frame, openEngine, upgradeRequest } from "./support/raw-web-socket.ts";

/** Often enough that no silence gives it away. */
const DRIP_EVERY_MS = 500;
const CONNECTIONS = 40;

/** What a slow client begins with; it goes on with one byte at a time. */
const BEGINNINGS: Record<string, string> = {
  nothing: "",
  "a request line": "GET / HTTP/1.1\r\nHost: x",
  "headers without end": "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\nC: ",
  "an upgrade": upgradeRequest().slice(0, -2),
  "a body": `POST /api/v1/stories HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{`,
  "a body in chunks": `POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n{`,
};

test("clients that never finish what they begin are cut off, and keep nobody else out", async (t) => {
  const node = await AttackedNode.open(t);
  const begun = Object.values(BEGINNINGS).flatMap((beginning) => Array<string>(CONNECTIONS).fill(beginning));
  const slow = await Promise.all(begun.map((beginning) => begin(node.port, beginning)));
  const silent = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawConnection.open(node.port)));
  const ended = Promise.all([...slow, ...silent].map((connection) => connection.ended));
  await Promise.all([ended, ...slow.map(drip)]);
  await node.counts("slow", 2 * CONNECTIONS);
  await node.assertUnharmed();
});

test("a client that never finishes a frame is cut off by its heartbeat, and holds no more than a frame", async (t) => {
  const node = await AttackedNode.open(t);
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => openEngine(node.port)));
  for (const connection of connections) connection.send(frame("4".repeat(16_000)).subarray(0, 15_000));
  await Promise.all(connections.map(({ ended }) => ended));
  await node.assertUnharmed();
});

async function begin(port: number, beginning: string): Promise<RawConnection> {
  const connection = await RawConnection.open(port);
  connection.send(beginning);
  return connection;
}

async function drip(connection: RawConnection): Promise<void> {
  let isOver = false;
  void connection.ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    connection.send("x");
    await pause(DRIP_EVERY_MS);
  }
}
