import { test } from "node:test";
import fc from "fast-check";
import { seedOfRun } from "../support/seeded-random.ts";
import { AttackedNode } from "./support/attacked-node.ts";
import { RawConnection } from "./support/raw-connection.ts";
import { BINARY, frame, openSocket, TEXT } from "./support/raw-web-socket.ts";

const RUNS = 150;
const bytes = fc.uint8Array({ maxLength: 400, size: "max" }).map((array) => Buffer.from(array));
const fragment = fc.constantFrom(
  ...["0", "1", "2", "3", "4", "40", "41", "42", "43", "45", "451-", "b", "/", ",", "[", "]", "{", "}", '"', ":", "7"],
  ...[
    '["join",',
    '["leave",',
    '{"story":"election"}',
    '"position":"a.1.b"',
    '"__proto__":',
    "\0",
    "\ud800",
    "1e99",
    "-",
  ],
);
const packet = fc.array(fragment, { maxLength: 12, size: "max" }).map((parts) => frame(parts.join("")));
const anyFrame = fc
  .record({
    payload: bytes,
    opcode: fc.constantFrom(TEXT, BINARY, 0, 8, 9, 10, 15),
    fin: fc.boolean(),
    rsv1: fc.boolean(),
  })
  .map(({ payload, ...shape }) => frame(payload, shape));
const line = fc.constantFrom(
  ...["GET / HTTP/1.1", "POST /api/v1/stories HTTP/1.1", "GET /socket.io/?EIO=4&transport=polling HTTP/1.1", "Host: x"],
  ...["Content-Length: 3", "Transfer-Encoding: chunked", "Connection: upgrade", "Upgrade: websocket", "", "abc", "0"],
);
const request = fc.array(fc.oneof({ weight: 5, arbitrary: line }, fc.string()), { maxLength: 12, size: "max" });

test("whatever bytes come, on whichever connection, nobody else notices", async (t) => {
  const node = await AttackedNode.open(t);
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(packet, anyFrame, bytes), { maxLength: 6, size: "max" }), async (messages) => {
      const connection = await openSocket(node.port);
      for (const message of messages) connection.send(message);
      connection.destroy();
      await connection.ended;
    }),
    { seed, numRuns: RUNS },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        request.map((lines) => `${lines.join("\r\n")}\r\n\r\n`),
        bytes,
      ),
      async (sent) => {
        const connection = await RawConnection.open(node.port);
        connection.send(sent);
        connection.destroy();
        await connection.ended;
      },
    ),
    { seed, numRuns: RUNS },
  );
  await node.assertUnharmed();
});
