import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { Door, type Guide } from "../../src/workers/door.ts";
import { eventually } from "../support/eventually.ts";

class TestGuide implements Guide {
  readonly offered: Socket[] = [];
  readers: number;

  constructor(readers: number) {
    this.readers = readers;
  }

  offer(connection: Socket): void {
    this.offered.push(connection);
  }
}

/** @returns the door, and what knocks at it. */
async function openDoor(t: TestContext): Promise<{ door: Door; knock: () => Promise<Socket> }> {
  const door = new Door();
  const port = await door.open(0, "127.0.0.1");
  const clients: Socket[] = [];
  t.after(() => {
    for (const client of clients) client.destroy();
    door.close();
  });
  const knock = async () => {
    const client = connect(port, "127.0.0.1");
    clients.push(client);
    await once(client, "connect");
    return client;
  };
  return { door, knock };
}

const offeredTo = (guide: TestGuide, count: number) =>
  eventually(
    async () => guide.offered.length,
    (offered) => offered === count,
  );

test("a connection goes to whoever has the fewest readers, what was given since counted in", async (t) => {
  const { door, knock } = await openDoor(t);
  const [few, many] = [new TestGuide(10), new TestGuide(11)];
  door.admit(many);
  door.admit(few);
  for (const [guide, count] of [
    [few, 1],
    [many, 1],
    [few, 2],
  ] as const) {
    await knock();
    await offeredTo(guide, count);
    door.took(guide, 1);
  }
  few.readers = 20;
  door.counted(few);
  await knock();
  await offeredTo(many, 2);
});

test("some at a time are offered; the others wait, also while there is nobody at all", async (t) => {
  const { door, knock } = await openDoor(t);
  for (let n = 0; n < 10; n += 1) await knock();
  await waits(door, 10);
  const guide = new TestGuide(0);
  door.admit(guide);
  assert.deepEqual([guide.offered.length, door.waiting], [8, 2]);
  door.took(guide, 1);
  assert.deepEqual([guide.offered.length, door.waiting], [9, 1]);
  assert.deepEqual(
    guide.offered.map(({ destroyed }) => destroyed),
    [true, ...Array.from({ length: 8 }, () => false)],
  );
});

test("what somebody was offered and did not take goes to another, unread", async (t) => {
  const { door, knock } = await openDoor(t);
  const [dying, other] = [new TestGuide(0), new TestGuide(5)];
  door.admit(dying);
  const client = await knock();
  client.write("hello");
  await offeredTo(dying, 1);
  door.admit(other);
  door.dismiss(dying);
  await offeredTo(other, 1);
  const [connection] = other.offered;
  assert.ok(connection && connection === dying.offered[0] && !connection.destroyed);
  connection.resume();
  assert.equal(String((await once(connection, "data"))[0]), "hello");
});

test("those who wait when the door is closed are let go", async (t) => {
  const { door, knock } = await openDoor(t);
  const client = await knock();
  await waits(door, 1);
  const closed = once(client.resume(), "close");
  door.close();
  await closed;
});

async function waits(door: Door, count: number): Promise<void> {
  await eventually(
    async () => door.waiting,
    (waiting) => waiting === count,
  );
}
