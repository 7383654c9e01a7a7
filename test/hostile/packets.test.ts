import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { AttackedNode, STORY } from "./support/attacked-node.ts";
import { BINARY, CLOSE, CONTINUATION, frame, openSocket, PING } from "./support/raw-web-socket.ts";

const OVER_THE_LIMIT = "x".repeat(16 * 1024 + 1);
const DEEP = "[".repeat(8_000);

/** As they come in a WebSocket message: Engine.IO's type, then Socket.IO's. */
const FORBIDDEN_PACKETS = [
  ...["", "9", "x", "\0", "8{}", "b", "bAAAA", "2", "2probe"],
  ...["4", "4x", "49", "4-1", "4/", "40", "40{", "40[]", '40"x"', "41{", "41/x,", "44", "44{", "43{}", "43/other,1[]"],
  ...["42{}", '42"join"', "42[]", "42[null]", "42[[]]", "42[1", '42-1["x"]', '421e3["join"]', `42["join",${DEEP}`],
  ...['42["connect_error"]', '42["disconnect"]', '42["newListener"]', "42/other,", '42/other,["join"]'],
  ...["45", "45-[]", "450-[]", '4511-["x"]', '451.5-["x"]', '45x-["x"]', '45-1-["x"]', '45999999999999-["x"]'],
];

/** What a later version of the protocol might send, or what asks for nothing. */
const TOLERATED_PACKETS = [
  ...["6", "3", "42", '42["error"]', '42["__proto__"]', "42[1]", '42["constructor",{"__proto__":{"a":1}}]'],
  ...["43", "43[1]", '4399["never asked"]', '438999999999999999999["x"]', "40/other,", '40/__proto__,{"__proto__":1}'],
  ...['42["join"]', '42["join",{"story":"election"}]', '42["leave"]', '42["seen",{"story":7}]'],
  `42["later",${DEEP}${"]".repeat(DEEP.length)}]`,
];

test("a packet against the rules of Engine.IO or Socket.IO ends its connection and nothing else", async (t) => {
  const node = await AttackedNode.open(t);
  for (const packet of FORBIDDEN_PACKETS) {
    const connection = await openSocket(node.port);
    connection.send(frame(packet));
    await connection.ended;
  }
  await node.counts("packet", FORBIDDEN_PACKETS.length);
  await node.assertUnharmed();
});

test("a packet that asks for nothing is passed over, and its connection goes on", async (t) => {
  const node = await AttackedNode.open(t);
  const connection = await openSocket(node.port);
  for (const packet of TOLERATED_PACKETS) connection.send(frame(packet));
  connection.send(frame(`427["join",{"story":"${STORY}"}]`));
  await connection.receives('437[{"ok":true');
  await node.assertUnharmed();
});

test("a session ends when its client says so", async (t) => {
  const node = await AttackedNode.open(t);
  const connection = await openSocket(node.port);
  connection.send(frame("1"));
  await connection.ended;
  await node.assertUnharmed();
});

/** Each against RFC 6455, or longer than a reader's requests. */
const FORBIDDEN_FRAMES: Record<string, Buffer> = {
  unmasked: frame("40", { masked: false }),
  "compressed though nothing was agreed on": frame(Buffer.of(0x4b, 0x04, 0x00), { rsv1: true }),
  "of a reserved opcode": frame("x", { opcode: 0x3 }),
  "continuing nothing": frame("x", { opcode: CONTINUATION }),
  "a message inside of a message": Buffer.concat([frame("4", { fin: false }), frame("42")]),
  "a ping in fragments": frame("x", { opcode: PING, fin: false }),
  "a ping that is too long": frame("x".repeat(126), { opcode: PING }),
  "not UTF-8": frame(Buffer.of(0x34, 0x32, 0xc3, 0x28)),
  "half a character": frame(Buffer.of(0x34, 0x32, 0xed, 0xa0, 0x80)),
  "too long": frame(OVER_THE_LIMIT),
  "too long in fragments": Buffer.concat([
    frame(OVER_THE_LIMIT.slice(9_000), { fin: false }),
    frame(OVER_THE_LIMIT.slice(5_000), { opcode: CONTINUATION }),
  ]),
  "in pieces without end": Buffer.concat([
    frame("4", { fin: false }),
    ...Array.from({ length: 100 }, () => frame("", { opcode: CONTINUATION, fin: false })),
  ]),
  "too long and binary": frame(OVER_THE_LIMIT, { opcode: BINARY }),
  "said to have 2 GiB": frame("x", { declaredBytes: 2 ** 31 }),
  "said to have more bytes than there are numbers": frame("x", { declaredBytes: 2 ** 60 }),
  "closing with a code that is not sent": frame(Buffer.of(0x03, 0xed), { opcode: CLOSE }),
};

test("a frame against the rules of WebSocket ends its connection and nothing else", async (t) => {
  const node = await AttackedNode.open(t);
  for (const bytes of Object.values(FORBIDDEN_FRAMES)) {
    const connection = await openSocket(node.port);
    connection.send(bytes);
    await connection.ended;
  }
  await node.counts("frame", Object.keys(FORBIDDEN_FRAMES).length);
  await node.assertUnharmed();
});

test("messages that never end are not kept in as many pieces as they come in", async (t) => {
  const node = await AttackedNode.open(t);
  const pieces = Array.from({ length: 16_000 }, () => frame("x", { opcode: CONTINUATION, fin: false }));
  const message = Buffer.concat([frame("4", { fin: false }), ...pieces]);
  const connections = await Promise.all(Array.from({ length: 100 }, () => openSocket(node.port)));
  for (const connection of connections) connection.send(message);
  await Promise.all(connections.map(({ ended }) => ended));
  await node.counts("frame", connections.length);
  await node.assertUnharmed();
});

const OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

function deflatedFrame(message: string): Buffer {
  const bytes = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH });
  return frame(bytes.subarray(0, -4), { rsv1: true });
}

/** Each 16 kB at most, as they come. */
const BOMBS: Record<string, Buffer> = {
  "a thousand times as long when it is unpacked": deflatedFrame(`42["join","${"x".repeat(12_000_000)}"]`),
  "a little too long": deflatedFrame(`4${"x".repeat(16 * 1024)}`),
  "not compressed at all": frame("42[]", { rsv1: true }),
  "too long in fragments": Buffer.concat([
    frame("x".repeat(9_000), { rsv1: true, fin: false }),
    frame("x".repeat(9_000), { opcode: CONTINUATION }),
  ]),
  "a ping that is compressed": frame("x", { opcode: PING, rsv1: true }),
};

test("a bomb ends its connection, and is not unpacked beyond what a request may have", async (t) => {
  const node = await AttackedNode.open(t);
  for (const bytes of Object.values(BOMBS)) {
    const connection = await openSocket(node.port, OFFER);
    assert.match(connection.received, /Sec-WebSocket-Extensions: permessage-deflate/i);
    connection.send(bytes);
    await connection.ended;
  }
  await node.counts("frame", Object.keys(BOMBS).length);
  const connection = await openSocket(node.port, OFFER);
  connection.send(deflatedFrame(`427["leave",{"story":"${STORY}","pad":"${"x".repeat(12_000)}"}]`));
  await connection.receives("437[");
  await node.assertUnharmed();
});

test("binary attachments take the place of nothing that is asked for", async (t) => {
  const node = await AttackedNode.open(t);
  const attachment = frame(Buffer.from(STORY), { opcode: BINARY });
  const placeholder = '{"_placeholder":true,"num":0}';
  const connection = await openSocket(node.port);
  for (const payload of [
    placeholder,
    `{"story":${placeholder}}`,
    `[${placeholder}]`,
    '{"story":{"_placeholder":true}}',
  ]) {
    connection.received = "";
    connection.send(Buffer.concat([frame(`451-7["join",${payload}]`), attachment]));
    // The last one names an attachment that is not there.
    if (payload.includes("true}")) await connection.ended;
    else await connection.receives('437[{"ok":false,"error":{"code":"validation_failed"');
  }
  const unwanted = [
    attachment,
    Buffer.concat([frame('451-["join"]'), frame("42")]),
    frame('451-["x",{"_placeholder":true,"num":1}]'),
  ];
  for (const bytes of unwanted) {
    const other = await openSocket(node.port);
    other.send(Buffer.concat([bytes, attachment]));
    await other.ended;
  }
  await node.assertUnharmed();
});
