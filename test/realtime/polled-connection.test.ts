import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionGuard } from "../../src/realtime/connection-guard.ts";
import { Frame, FramedPacket } from "../../src/realtime/frame.ts";
import { PolledConnection } from "../../src/realtime/polled-connection.ts";
import { QUEUE_MAX_BYTES, QUEUE_MAX_EVENTS } from "../../src/realtime/reader.ts";
import { REQUEST_MAX_BYTES, RecordingOwner } from "./support/upgraded.ts";

test("[R3] polled: a queue is bounded by events and by bytes; what is no event stays", () => {
  const small = Frame.of("presence", { story: "a", watching: 1 });
  const large = Frame.of("reset", { story: "x".repeat(QUEUE_MAX_BYTES / 4), reason: "history", afterMs: 0 });
  for (const { frame, fits } of [
    { frame: small, fits: QUEUE_MAX_EVENTS - 1 },
    { frame: large, fits: 3 },
  ]) {
    const writeBuffer: { data: string; options?: object }[] = [];
    const engine = {
      ...{ writeBuffer, transport: { writable: false }, on: () => {} },
      write: (data: string, options: object) => writeBuffer.push({ data, options }),
    };
    const guard = new ConnectionGuard(assert.fail);
    const connection = new PolledConnection(engine as never, guard, REQUEST_MAX_BYTES);
    const owner = new RecordingOwner();
    connection.owner = owner;
    connection.send(new FramedPacket("30[]", false));
    for (let event = 0; event < fits; event += 1) connection.hand(frame);
    assert.deepEqual([owner.dropped, writeBuffer.length], [0, fits + 1]);
    connection.hand(frame);
    assert.deepEqual([owner.dropped, writeBuffer.map(({ data }) => data)], [1, ["30[]"]]);
  }
});
