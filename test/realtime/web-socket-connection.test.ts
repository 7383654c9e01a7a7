import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ConnectionGuard } from "../../src/realtime/connection-guard.ts";
import type { Compression } from "../../src/realtime/deflate.ts";
import { descriptorWriter, type FrameWriter, frameWriter } from "../../src/realtime/fanout.ts";
import { Frame, FramedPacket } from "../../src/realtime/frame.ts";
import type { Membership } from "../../src/realtime/membership.ts";
import { QUEUE_MAX_BYTES, QUEUE_MAX_EVENTS } from "../../src/realtime/reader.ts";
import { type SessionOptions, SocketSession } from "../../src/realtime/socket-session.ts";
import { WebSocketConnection } from "../../src/realtime/web-socket-connection.ts";
import { eventually } from "../support/eventually.ts";
import { seededRandom, seedOfRun } from "../support/seeded-random.ts";
import { RecordingOwner, soon, upgraded } from "./support/upgraded.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const GOODBYE = Frame.of("goodbye", { reconnectAfterMs: 1 });

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

/** A failure should not print megabytes. */
function brief(message: string): string {
  return `${message.slice(0, 10)}…${message.slice(-40)} (${message.length})`;
}

const ENGINES: Record<string, (random: () => number) => FrameWriter> = {
  write: () => frameWriter("write"),
  parts: (random) => descriptorWriter(takesParts(random)),
  socket: () => frameWriter("socket"),
  ordinary: () => frameWriter("ordinary"),
};

for (const [name, engine] of Object.entries(ENGINES)) {
  test(`[R2] by ${name}, a reader that stalls and goes on gets everything once and in order, and its pings answered`, async (t) => {
    const seed = seedOfRun();
    t.diagnostic(`SEED=${seed}`);
    const random = seededRandom(seed);
    const write = engine(random);
    const taken = { whole: 0, less: 0 };
    const { connection, client, messages, owner } = await upgraded(t, (target, frame) => {
      const bytes = write(target, frame);
      taken[bytes === frame.length ? "whole" : "less"] += 1;
      return bytes;
    });
    let pongs = 0;
    client.on("pong", () => {
      pongs += 1;
    });
    let pings = 0;
    const sent: string[] = [];
    const speak = () => {
      const padding = "x".repeat(random() < 0.5 ? random() * 200 : random() * 150_000);
      const frame = Frame.of("reset", { story: padding, reason: "history", afterMs: sent.length });
      // Few enough never to be dropped.
      if (random() < 0.2 || connection.waitingBytes > QUEUE_MAX_BYTES / 2) connection.send(frame.packet);
      else connection.hand(frame);
      sent.push(`4${frame.packet.text}`);
    };
    const isAllThere = () => messages.length >= sent.length + 1;
    for (let round = 0; round < 8; round += 1) {
      client.pause();
      while (connection.waitingBytes === 0) {
        speak();
        await new Promise(setImmediate);
      }
      for (let more = 0; more < 5; more += 1) speak();
      client.ping();
      pings += 1;
      client.resume();
      if (random() < 0.5) await eventually(soon(isAllThere), Boolean);
      for (let more = 0; more < 5; more += 1) speak();
      await eventually(soon(isAllThere), Boolean);
    }
    assert.deepEqual(messages.slice(1).map(brief), sent.map(brief));
    await eventually(
      soon(() => pongs),
      (answered) => answered === pings,
    );
    assert.equal(owner.dropped, 0);
    if (name !== "ordinary") assert.ok(taken.whole > 8, JSON.stringify(taken));
    assert.ok(taken.less > 7, JSON.stringify(taken));
  });
}

test("[R2] a frame is one write of the very bytes that all readers share, whatever its length", async (t) => {
  const written: Buffer[] = [];
  const write = frameWriter("write");
  const { connection, client } = await upgraded(t, (target, frame) => {
    written.push(frame);
    return write(target, frame);
  });
  // Both sides of the lengths at which a WebSocket frame's header grows.
  for (const length of [0, 60, 70, 80, 125, 126, 65_000, 65_535, 65_536, 200_000]) {
    const frame = Frame.of("reset", { story: "s".repeat(length), reason: "history", afterMs: 1 });
    const { packet } = frame;
    written.length = 0;
    const arrived = once(client, "message");
    connection.hand(frame);
    assert.equal(String((await arrived)[0]), `4${packet.text}`);
    assert.deepEqual([written.length, written[0] === packet.plain], [1, true]);
  }
});

test("[R2] a reader that is gone, with or without a word, takes nothing and harms nothing", async (t) => {
  for (const write of [frameWriter("write"), frameWriter("socket"), descriptorWriter(takesParts(() => 1))]) {
    for (const leave of ["terminate", "close"] as const) {
      const { connection, client, owner, hostile } = await upgraded(t, write);
      client[leave]();
      while (!owner.isEnded) {
        connection.hand(GOODBYE);
        await new Promise(setImmediate);
      }
      connection.hand(GOODBYE);
      assert.deepEqual([connection.waitingBytes, hostile], [0, []]);
    }
  }
});

test("[R2] as soon as a connection is closed its descriptor, which the next may get, is written to no more", async (t) => {
  const written: number[] = [];
  const write = descriptorWriter((descriptor, frame) => {
    written.push(descriptor);
    return writeSync(descriptor, frame);
  });
  const { connection } = await upgraded(t, write);
  connection.hand(GOODBYE);
  assert.deepEqual(written, [connection.descriptor]);
  connection.tcp.destroy();
  connection.hand(GOODBYE);
  assert.equal(written.length, 1);
});

/** Its TCP connection takes what it gets, and does not say when it is through. */
function stuckConnection(compression: Compression = "none") {
  const owner = new RecordingOwner();
  const hostile: string[] = [];
  const waiting: ((error?: Error) => void)[] = [];
  const written: Buffer[] = [];
  let terminated = false;
  const tcp = {
    writableLength: 0,
    write: (bytes: Buffer, done?: () => void) => {
      written.push(bytes);
      if (done) waiting.push(done);
    },
    ...{ cork: () => {}, uncork: () => {} },
  };
  const socket = {
    _socket: tcp,
    terminate: () => {
      terminated = true;
    },
  };
  const guard = new ConnectionGuard((reason) => hostile.push(reason));
  const connection = new WebSocketConnection(socket as never, compression, {
    write: () => 0,
    guard,
    onEnded: () => {},
  });
  connection.owner = owner;
  const goOn = () => waiting.splice(0).forEach((done) => void done());
  return { connection, owner, hostile, written, goOn, isTerminated: () => terminated };
}

test("[R3] a queue is bounded by events and by bytes, on both sides of the bound; what is no event stays", () => {
  const small = Frame.of("presence", { story: "a", watching: 1 });
  const large = Frame.of("reset", { story: "x".repeat(QUEUE_MAX_BYTES / 4), reason: "history", afterMs: 0 });
  const answer = new FramedPacket("30[]", false);
  const bounds = [
    { frame: small, fits: QUEUE_MAX_EVENTS },
    { frame: large, fits: 3 },
  ];
  for (const { frame, fits } of bounds) {
    const { connection, owner, written, goOn } = stuckConnection();
    connection.send(answer);
    connection.send(answer);
    for (let event = 0; event < fits; event += 1) connection.hand(frame);
    assert.equal(owner.dropped, 0);
    connection.hand(frame);
    assert.equal(owner.dropped, 1);
    assert.equal(connection.waitingBytes, answer.plain.length);
    goOn();
    goOn();
    assert.deepEqual(written, [answer.plain, answer.plain]);
  }
});

test("[R2] after what was dropped nothing refers to it, nor does what stays", () => {
  const { connection, owner, written, goOn } = stuckConnection("after-last");
  let last: Frame | null = null;
  const next = () => {
    last = Frame.of("reset", { story: "abcdefghij".repeat(100), reason: "history", afterMs: 1 }, undefined, last);
    // Made, as for somebody else in the room.
    assert.ok(last.packet);
    return last;
  };
  const [first, second] = [next(), next()];
  connection.hand(first);
  connection.hand(second);
  connection.send(second.packet);
  goOn();
  const { packet } = second;
  assert.deepEqual(written, [first.packet.deflated(0), packet.deflated(first.packet.id), packet.deflated(0)]);
  assert.ok(packet.deflated(first.packet.id).length < packet.deflated(0).length);
  while (owner.dropped === 0) connection.hand(next());
  const after = next();
  connection.hand(after);
  goOn();
  assert.deepEqual(written.slice(3), [after.packet.deflated(0)]);
});

test("who asks on and on and does not take the answers is cut off, and once", () => {
  const { connection, hostile, isTerminated } = stuckConnection();
  const answer = new FramedPacket("x".repeat(QUEUE_MAX_BYTES), false);
  for (let answers = 0; answers < 5; answers += 1) connection.send(answer);
  assert.deepEqual(hostile, []);
  connection.hearMessage(Buffer.from("42[]"), false);
  assert.deepEqual([hostile, isTerminated()], [["backlog"], true]);
  connection.hearMessage(Buffer.from("42[]"), false);
  assert.deepEqual(hostile, ["backlog"]);
});

test("one that is to be closed and takes nothing does not live on by what it says", () => {
  const { connection, hostile } = stuckConnection();
  connection.send(new FramedPacket("refused", false));
  connection.close();
  connection.owesSign = true;
  connection.hearPing(Buffer.alloc(0));
  connection.hearMessage(Buffer.from("3"), false);
  assert.deepEqual([connection.owesSign, hostile], [true, []]);
});

test("a message in very many pieces ends the connection before they cost more than it, in frames or in segments", async (t) => {
  const { client, owner, hostile } = await upgraded(t);
  const { _socket: tcp } = client as unknown as { _socket: Socket };
  // A masked text frame of 16,000 bytes.
  tcp.write(Buffer.of(0x81, 0xfe, 0x3e, 0x80, 0, 0, 0, 0));
  while (!owner.isEnded) {
    tcp.write("x");
    await new Promise(setImmediate);
  }
  assert.deepEqual(hostile, ["frame"]);
});

test("[R5] that a reader was put out of a story is never dropped, however slow it is", () => {
  const { connection, owner, written, goOn } = stuckConnection();
  const session = new SocketSession(connection, undefined, {} as SessionOptions);
  const reset = Frame.of("reset", { story: "a", reason: "withdrawn", afterMs: 0 });
  connection.send(new FramedPacket("30[]", false));
  session.expelled({} as Membership, reset);
  while (owner.dropped === 0) connection.hand(GOODBYE);
  goOn();
  assert.ok(written.includes(reset.packet.plain));
});

test("what stands in line is sent before a connection is closed, and nothing after it", async (t) => {
  const { connection, client, messages } = await upgraded(t, () => 0);
  connection.send(new FramedPacket("first", false));
  connection.send(new FramedPacket("second", false));
  connection.close();
  connection.send(new FramedPacket("third", false));
  await once(client, "close");
  assert.deepEqual(messages.slice(1), ["4first", "4second"]);
});

test("packets of Engine.IO that mean nothing are passed over, others against its rules end the connection", async (t) => {
  const verdicts: [string | Buffer, string[]][] = [
    ["3", []],
    ["0", []],
    ["5", []],
    ["6", []],
    ["2", ["packet"]],
    ["", ["packet"]],
    ["x", ["packet"]],
  ];
  for (const [message, expected] of verdicts) {
    const { client, owner, hostile } = await upgraded(t);
    client.send(message);
    client.send("4after");
    await eventually(
      soon(() => owner.isEnded || owner.heard.length > 0),
      Boolean,
    );
    assert.deepEqual([message, hostile, owner.heard], [message, expected, expected.length > 0 ? [] : ["after"]]);
  }
});

test("bytes are heard as bytes, also in base64, and a client may end its session in so many words", async (t) => {
  const { client, owner, hostile } = await upgraded(t);
  client.send(Buffer.from("raw"));
  client.send(`b${Buffer.from("wrapped").toString("base64")}`);
  client.send("1");
  await once(client, "close");
  await eventually(
    soon(() => owner.isEnded),
    Boolean,
  );
  assert.deepEqual([owner.heard.map(String), hostile], [["raw", "wrapped"], []]);
});

/** What the fan-out was made for. With other versions: read again what it relies on, then change this. */
test("[R2] the packages below the fan-out are those that it was made for", async (t) => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const minors = ["engine.io", "ws"].map((name) => packages[`node_modules/${name}`].version.replace(/\.\d+$/, ""));
  assert.deepEqual(minors, ["6.6", "8.21"]);
  const seen: unknown[] = [];
  const { connection } = await upgraded(t, (target, frame) => {
    const { descriptor, tcp } = target;
    seen.push(descriptor > 0, tcp._handle?.fd === descriptor, tcp.writableLength);
    return frameWriter("socket")(target, frame);
  });
  connection.hand(GOODBYE);
  assert.deepEqual(seen, [true, true, 0]);
});

test("an engine whose package is not installed says what to install, before anything is opened", () => {
  assert.throws(() => frameWriter("send"), /FANOUT "send" (needs the package koffi: npm install koffi|is for Linux)/);
});

test("the request that began a connection is let go", async (t: TestContext) => {
  const { request, owner } = await upgraded(t);
  await eventually(
    soon(() => {
      collectGarbage();
      return request?.deref() === undefined;
    }),
    Boolean,
  );
  assert.equal(owner.isEnded, false);
});
