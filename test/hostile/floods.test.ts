import assert from "node:assert/strict";
import { test } from "node:test";
import { AttackedNode, STORY } from "./support/attacked-node.ts";
import { RawConnection } from "./support/raw-connection.ts";
import { frame, openEngine, openSocket, PING, upgradeRequest } from "./support/raw-web-socket.ts";

/** More than a reader ever has to say at once. */
const TOO_MANY = 3_000;
const LONG_NAME = "n".repeat(8_000);

function many(count: number, frameOf: (n: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, n) => frameOf(n)));
}

const JOIN = (n: number) => frame(`42${n}["join",{"story":"${STORY}","limit":200}]`);

/** What is sent again and again, each answered or not. */
const FLOODS: Record<string, (n: number) => Buffer> = {
  "joins of one story": JOIN,
  "joins of stories that are not there": (n) => frame(`42${n}["join",{"story":"story-${n}"}]`),
  "joins that make no sense": (n) => frame(`42${n}["join",{"story":{"__proto__":[]},"limit":-1}]`),
  leaves: (n) => frame(`42${n}["leave",{"story":"${STORY}"}]`),
  "events that nobody knows": (n) => frame(`42${n}["event-${n}",{"a":[1,2,3]}]`),
  "namespaces that are not there": (n) => frame(`40/${LONG_NAME}${n},`),
  "answers to what was not asked": (n) => frame(`43${n}[{"ok":true}]`),
  heartbeats: () => frame("3"),
  pings: () => frame("p".repeat(125), { opcode: PING }),
};

test("a flood ends the connection that it comes from, whether its answers are taken or not", async (t) => {
  const node = await AttackedNode.open(t);
  await fill(node);
  for (const [what, frameOf] of Object.entries(FLOODS)) {
    for (const reads of [true, false]) {
      const connection = await openSocket(node.port);
      if (!reads) connection.stopReading();
      await connection.flood(many(100, frameOf), TOO_MANY / 100);
      connection.readOn();
      await connection.ended;
      t.diagnostic(`${what}, ${reads ? "read" : "not read"}`);
    }
  }
  // Where the answers are not taken, those may become too many first.
  await node.counts(["flood", "backlog"], 2 * Object.keys(FLOODS).length);
  await node.assertUnharmed();
});

test("no query leads past what a connection may say", async (t) => {
  const node = await AttackedNode.open(t);
  const queries = [
    "EIO=4&transport=websocket&sid=",
    "EIO=3&EIO=4&transport=websocket",
    "EIO=4&transport=websocket&sid=a&sid=",
  ];
  const ping = () => frame("p".repeat(125), { opcode: PING });
  for (const query of queries) {
    const connection = await RawConnection.open(node.port);
    connection.send(upgradeRequest(`/socket.io/?${query}`));
    await connection.receives('0{"sid"');
    await connection.flood(many(100, ping), TOO_MANY / 100);
    await connection.ended;
  }
  await node.counts(["flood", "backlog"], queries.length);
  await node.assertUnharmed();
});

test("whoever asks and does not listen is not answered ahead, and misses nothing once it listens", async (t) => {
  const node = await AttackedNode.open(t);
  const others = Array.from({ length: 29 }, (_, n) => `story-${n}`);
  for (const slug of others) {
    const story = { slug, headline: "Headline", timeZone: "UTC", status: "live" };
    assert.equal((await node.call("POST", "/stories", story)).status, 201);
  }
  const slugs = [...others, STORY];
  for (const slug of slugs) await fill(node, slug);
  const joins = Buffer.concat(slugs.map((slug, n) => frame(`42${n}["join",{"story":"${slug}","limit":200}]`)));
  const askers = await Promise.all(Array.from({ length: 40 }, () => openSocket(node.port)));
  for (const asker of askers) {
    asker.stopReading();
    asker.send(joins);
  }
  await node.changes(50);
  await node.assertHoldsNoMore();
  const [patient, ...impatient] = askers as [RawConnection, ...RawConnection[]];
  for (const other of impatient) other.destroy();
  patient.readOn();
  await patient.passes(`43${others.length}[{"ok":true`);
  await patient.passes(`42["changes",{"story":"${STORY}"`);
  await node.assertUnharmed();
});

test("answers that nobody takes are not kept, however few questions there were", async (t) => {
  const node = await AttackedNode.open(t);
  for (let n = 0; n < 5; n += 1) {
    const connection = await openSocket(node.port);
    connection.stopReading();
    await connection.flood(
      many(100, () => frame(`40/${LONG_NAME}${LONG_NAME},`)),
      9,
    );
    connection.readOn();
    await connection.ended;
  }
  await node.counts("backlog", 5);
  await node.assertUnharmed();
});

test("one connection is one reader, however often it asks to be let in", async (t) => {
  const node = await AttackedNode.open(t);
  for (let n = 0; n < 10; n += 1) {
    const connection = await openEngine(node.port);
    await connection.flood(
      many(1_000, () => frame("40")),
      1,
    );
    await connection.ended;
  }
  await node.counts("packet", 10);
  await node.assertUnharmed();
});

test("connections that go no further than a handshake are ended, and keep nobody else out", async (t) => {
  const node = await AttackedNode.open(t);
  const waiting = await Promise.all(Array.from({ length: 200 }, () => openEngine(node.port)));
  const polling = `${node.url}/socket.io/?EIO=4&transport=polling`;
  for (let n = 0; n < 20; n += 1) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(polling).then((one) => one.text())));
    assert.ok(answers.every((answer) => answer.startsWith('0{"sid"')));
  }
  await Promise.all(waiting.map(({ ended }) => ended));
  await node.assertUnharmed();
});

/** So that a snapshot is as large as an answer may be. */
async function fill(node: AttackedNode, slug = STORY): Promise<void> {
  for (let n = 0; n < 17; n += 1) {
    const { status } = await node.call("POST", `/stories/${slug}/entries`, { markdown: "word ".repeat(3_000) });
    assert.equal(status, 201);
  }
}
