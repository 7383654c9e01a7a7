import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { type ClientOptions, WebSocket } from "ws";
import { Frame, FramedPacket } from "../../src/realtime/frame.ts";
import { QUEUE_MAX_BYTES } from "../../src/realtime/reader.ts";
import { eventually } from "../support/eventually.ts";
import { seededRandom, seedOfRun } from "../support/seeded-random.ts";
import { TestService } from "../support/service.ts";
import { TestReader } from "../support/socket-reader.ts";
import { soon, upgraded } from "./support/upgraded.ts";

const MARKDOWN = "The county says that two bridges stay closed, and that the water stands where it stood. ".repeat(12);

/** A reader that counts what comes over the wire. */
class WireReader {
  readonly #messages: string[] = [];
  readonly #client: WebSocket;
  #arrived = () => {};

  private constructor(client: WebSocket) {
    this.#client = client;
    client.on("message", (message) => {
      this.#messages.push(String(message));
      this.#arrived();
    });
  }

  static async join(t: TestContext, { url }: TestService, perMessageDeflate: ClientOptions["perMessageDeflate"]) {
    const client = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: perMessageDeflate ?? false,
    });
    t.after(() => client.terminate());
    const reader = new WireReader(client);
    await once(client, "open");
    await reader.next("0{");
    client.send("40");
    await reader.next("40{");
    client.send('420["join",{"story":"a"}]');
    const reply = await reader.next("430[");
    return { reader, reply };
  }

  get bytes(): number {
    return (this.#client as unknown as { _socket: { bytesRead: number } })._socket.bytesRead;
  }

  async next(beginning: string): Promise<string> {
    for (;;) {
      const message = this.#messages.shift();
      if (message?.startsWith(beginning)) return message;
      if (message === undefined)
        await new Promise<void>((resolve) => {
          this.#arrived = resolve;
        });
    }
  }
}

async function storyService(t: TestContext): Promise<TestService> {
  const service = await TestService.start();
  t.after(() => service.close());
  await service.createStory({ slug: "a" });
  return service;
}

test("[R2] readers that take compressed messages get less than half the bytes, and everybody reads the same", async (t) => {
  const service = await storyService(t);
  await service.publish("a", { markdown: MARKDOWN });
  const stranger = await TestReader.connect(service.url);
  t.after(() => stranger.close());
  await stranger.join({ story: "a" });
  const once = { threshold: 0, serverNoContextTakeover: true };
  const offers = [false, once, { threshold: 0 }, { threshold: 0, serverMaxWindowBits: 9 }];
  const joined = await Promise.all(offers.map((offer) => WireReader.join(t, service, offer)));
  const replies = joined.map(({ reply }) => JSON.parse(reply.slice(3))[0].snapshot);
  for (const snapshot of replies) assert.deepEqual(snapshot, replies[0]);
  const before = joined.map(({ reader }) => reader.bytes);
  const texts: string[] = [];
  for (let entry = 0; entry < 5; entry += 1) {
    await service.publish("a", { markdown: `${entry}. ${MARKDOWN}` });
    const received = await Promise.all(joined.map(({ reader }) => reader.next('42["changes"')));
    assert.deepEqual(new Set(received).size, 1);
    assert.equal(`42${JSON.stringify(["changes", await stranger.next("changes")])}`, received[0]);
    texts.push(received[0] ?? "");
  }
  const [plain = 0, small = 0, smallest = 0, narrow = 0] = joined.map(
    ({ reader }, index) => reader.bytes - (before[index] ?? 0),
  );
  assert.ok(plain >= texts.join("").length);
  assert.ok(small < plain / 2, `${small} of ${plain}`);
  assert.ok(smallest < small / 2, `${smallest} of ${small}: the first refers to nothing, all others to the one before`);
  assert.equal(narrow, plain, "what is made for all needs the whole window");
});

test("[R2] a message is compressed once, and not where it would not be shorter", () => {
  const frame = Frame.of("reset", { story: "a".repeat(500), reason: "history", afterMs: 1 });
  const bytes = frame.packet.deflated(0);
  assert.equal(frame.packet.deflated(0), bytes);
  assert.ok(bytes.length < frame.packet.plain.length / 2);
  const short = Frame.of("presence", { story: "a", watching: 1 });
  assert.equal(short.packet.deflated(0), short.packet.plain);
});

for (const [name, serverNoContextTakeover] of [
  ["refers to the one before it", false],
  ["stands for itself", true],
] as const) {
  test(`[R2] whatever a reader follows, joins and misses, a message that ${name} is understood`, async (t) => {
    const seed = seedOfRun();
    t.diagnostic(`SEED=${seed}`);
    const random = seededRandom(seed);
    const offer = { perMessageDeflate: { threshold: 0, serverNoContextTakeover } };
    const { connection, client, messages, owner } = await upgraded(t, undefined, offer);
    const failures: Error[] = [];
    client.on("error", (error) => failures.push(error));
    const rooms: (Frame | null)[] = [null, null, null];
    const sent: { text: string; mayBeMissing: boolean }[] = [];
    const hand = (frame: Frame) => {
      connection.hand(frame);
      sent.push({ text: `4${frame.packet.text}`, mayBeMissing: true });
    };
    const send = (packet: FramedPacket) => {
      connection.send(packet);
      sent.push({ text: `4${packet.text}`, mayBeMissing: false });
    };
    for (let step = 0; step < 1_600; step += 1) {
      // Mostly the same, so that a message often has the one before it to refer to.
      const room = Math.floor(random() ** 3 * rooms.length);
      const story = `${room} ${step} `.repeat(40);
      const frame = Frame.of("reset", { story, reason: "history", afterMs: step }, undefined, rooms[room]);
      rooms[room] = frame;
      // Others are in the room as well.
      const { packet } = frame;
      if (random() < 0.9) hand(frame);
      else if (random() < 0.5) send(packet);
      if (step % 800 === 50) {
        client.pause();
        while (connection.waitingBytes < 3 * QUEUE_MAX_BYTES) {
          send(new FramedPacket("x".repeat(300_000), false));
          await new Promise(setImmediate);
        }
      } else if (step % 800 === 799) {
        client.resume();
        await eventually(
          soon(() => connection.waitingBytes),
          (bytes) => bytes === 0,
        );
      }
    }
    client.resume();
    const last = new FramedPacket("the end");
    connection.send(last);
    await eventually(
      soon(() => messages.at(-1) === `4${last.text}` || failures.length > 0),
      Boolean,
    );
    assert.deepEqual(failures, []);
    let place = 0;
    for (const { text, mayBeMissing } of sent) {
      if (messages[place + 1] === text) place += 1;
      else
        assert.ok(
          mayBeMissing && owner.dropped > 0,
          `missing: ${text.slice(0, 40)}, there: ${messages[place + 1]?.slice(0, 60)} at ${place}`,
        );
    }
    assert.equal(messages.length, place + 2, "nothing else came");
    assert.ok(owner.dropped > 0, "the reader was too slow at least once");
  });
}

/** What `deflate.ts` relies on in ws. */
test("what readers send compressed, also in fragments, is understood, and no connection keeps a context", async (t) => {
  const offer = { perMessageDeflate: { threshold: 0 } };
  const { connection, client, messages, owner } = await upgraded(t, undefined, offer);
  for (let round = 0; round < 3; round += 1) {
    client.send("4whole", { compress: true });
    client.send("4in ", { compress: true, fin: false });
    client.send("three ", { compress: true, fin: false });
    client.send("parts", { compress: true, fin: true });
    client.send("4plain", { compress: false });
  }
  await eventually(
    soon(() => owner.heard.length),
    (length) => length === 9,
  );
  assert.deepEqual(owner.heard, Array(3).fill(["whole", "in three parts", "plain"]).flat());
  connection.send(new FramedPacket("x".repeat(5_000)));
  await eventually(
    soon(() => messages.at(-1)?.length),
    (length) => length === 5_001,
  );
});
