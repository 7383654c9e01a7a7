import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { after, before, beforeEach, test } from "node:test";
import { io } from "socket.io-client";
import type { JoinReply } from "../../src/protocol/events.ts";
import type { Changes } from "../../src/protocol/shapes.ts";
import { fromSnapshot, receive, type Timeline } from "../../src/protocol/timeline.ts";
import { eventually } from "../support/eventually.ts";
import { TestService } from "../support/service.ts";
import { TestReader } from "../support/socket-reader.ts";

let service: TestService;
let slug = "";
let count = 0;
before(async () => {
  service = await TestService.start();
});
beforeEach(async () => {
  count += 1;
  slug = `story-${count}`;
  await service.createStory({ slug });
});
after(() => service.close());

function timelineOf(reply: JoinReply): Timeline {
  assert.ok(reply.ok && reply.mode === "snapshot", JSON.stringify(reply));
  return fromSnapshot(reply.epoch, reply.snapshot);
}

test("a reader that joins gets a snapshot, then every change in ranges that follow it", async () => {
  await service.publish(slug);
  const reader = await TestReader.connect(service.url);
  let timeline = timelineOf(await reader.join({ story: slug }));
  const { id } = await service.publish(slug, { headline: "Second" });
  const published = await reader.next("changes");
  assert.deepEqual([published.story, published.from, published.to], [slug, 2, 3]);
  timeline = receive(timeline, published.epoch, published).timeline;
  await service.call("DELETE", `/stories/${slug}/entries/${id}`);
  const retracted = await reader.next("changes");
  assert.equal(retracted.changes[0]?.kind, "retraction");
  timeline = receive(timeline, retracted.epoch, retracted).timeline;
  assert.deepEqual(timeline.entries, (await service.snapshot(slug)).entries);
  reader.close();
});

test("a reader that comes back with its position gets exactly what it lacks, or nothing", async () => {
  const [kept, gone] = [await service.publish(slug), await service.publish(slug)];
  const first = await TestReader.connect(service.url);
  const { position, epoch } = timelineOf(await first.join({ story: slug }));
  first.close();
  for (const markdown of ["One", "Two"])
    await service.call("PATCH", `/stories/${slug}/entries/${kept.id}`, { body: { markdown } });
  await service.call("DELETE", `/stories/${slug}/entries/${gone.id}`);
  const again = await TestReader.connect(service.url);
  const reply = await again.join({ story: slug, position });
  assert.ok(reply.ok && reply.mode === "changes");
  assert.deepEqual([reply.epoch, reply.from, reply.to, reply.changes.map(({ seq }) => seq)], [epoch, 3, 6, [5, 6]]);
  const nothing = await again.join({ story: slug, position: reply.position });
  assert.ok(nothing.ok && nothing.mode === "changes");
  assert.deepEqual(nothing.changes, []);
  again.close();
});

test("a reader from another epoch, from the future or from another history gets a snapshot", async () => {
  const reader = await TestReader.connect(service.url);
  const [epoch, seq, tag] = (await service.snapshot(slug)).position.split(".");
  for (const position of [`other.${seq}.${tag}`, `${epoch}.99.${tag}`, `${epoch}.${seq}.other`]) {
    const reply = await reader.join({ story: slug, position });
    assert.ok(reply.ok);
    assert.equal(reply.mode, "snapshot");
  }
  reader.close();
});

test("a snapshot holds as many entries as were asked for, and says where the older ones are", async () => {
  for (let entry = 0; entry < 4; entry += 1) await service.publish(slug);
  const reader = await TestReader.connect(service.url);
  const reply = await reader.join({ story: slug, limit: 3 });
  assert.ok(reply.ok && reply.mode === "snapshot");
  assert.deepEqual([reply.snapshot.entries.length, reply.snapshot.total], [3, 4]);
  const { body } = await service.call("GET", `/stories/${slug}?before=${reply.snapshot.older}`, { key: null });
  assert.equal(body.entries.length, 1);
  reader.close();
});

test("a reply is at most about 256 KiB: fewer entries, and older; a long absence is answered with a snapshot", async () => {
  const { position } = await service.snapshot(slug);
  for (let entry = 0; entry < 20; entry += 1) await service.publish(slug, { markdown: "x".repeat(19_990) });
  const reader = await TestReader.connect(service.url);
  const reply = await reader.join({ story: slug, position, limit: 200 });
  assert.ok(reply.ok && reply.mode === "snapshot");
  assert.ok(reply.snapshot.entries.length < 20 && reply.snapshot.older !== null);
  const bytes = Buffer.byteLength(JSON.stringify(reply));
  assert.ok(bytes > 200 * 1024 && bytes < 260 * 1024, `${bytes} bytes`);
  reader.close();
});

test("malformed requests are validation_failed, and the connection stays", async () => {
  const reader = await TestReader.connect(service.url);
  const { position } = await service.snapshot(slug);
  const requests: unknown[] = [
    ...[null, "story", 7, [], {}, { story: 1 }, { story: "Not A Slug" }, { story: slug, limit: 0 }],
    ...[
      { story: slug, limit: 201 },
      { story: slug, position: "x" },
      { story: slug, position: 5 },
      { story: slug, presence: 1 },
    ],
  ];
  for (const request of requests) {
    const reply: JoinReply = await reader.socket.emitWithAck("join", request as never);
    assert.deepEqual(
      [reply.ok, !reply.ok && reply.error.code, !reply.ok && reply.error.retryable],
      [false, "validation_failed", false],
    );
  }
  const calls: [event: string, ...sent: unknown[]][] = [
    ["join"],
    ["join", { story: 1 }, "more"],
    ["leave"],
    ["leave", 5],
  ];
  const stranger = reader.socket as unknown as { emitWithAck(event: string, ...sent: unknown[]): Promise<JoinReply> };
  for (const [event, ...sent] of calls) assert.equal((await stranger.emitWithAck(event, ...sent)).ok, false);
  const loose = { story: slug, position, presence: true, token: "reserved", later: "field" };
  assert.equal((await reader.join(loose)).ok, true);
  reader.close();
});

test("stories that do not exist, are drafts or were removed say so", async () => {
  await service.createStory({ slug: `${slug}-draft`, status: "draft" });
  await service.createStory({ slug: `${slug}-removed` });
  await service.call("DELETE", `/stories/${slug}-removed`);
  const reader = await TestReader.connect(service.url);
  const codeOf = async (story: string) => {
    const reply = await reader.join({ story });
    return reply.ok ? "ok" : reply.error.code;
  };
  assert.equal(await codeOf("nothing"), "not_found");
  assert.equal(await codeOf(`${slug}-draft`), "not_found");
  assert.equal(await codeOf(`${slug}-removed`), "story_removed");
  reader.close();
});

test("after leaving nothing of the story arrives, and other stories go on", async () => {
  const other = `${slug}-b`;
  await service.createStory({ slug: other });
  const reader = await TestReader.connect(service.url);
  await reader.join({ story: slug });
  await reader.join({ story: other });
  assert.deepEqual(await reader.socket.emitWithAck("leave", { story: slug }), { ok: true });
  await service.publish(slug);
  await service.publish(other);
  assert.equal((await reader.next("changes")).story, other);
  assert.deepEqual(reader.received, []);
  reader.close();
});

test("every join is answered, also one that a later join or leave has overtaken", async () => {
  const reader = await TestReader.connect(service.url);
  const [first, second] = await Promise.all([reader.join({ story: slug }), reader.join({ story: slug })]);
  assert.equal(!first.ok && first.error.code, "validation_failed");
  assert.equal(second.ok, true);
  await service.publish(slug);
  await reader.next("changes");
  assert.deepEqual(reader.received, [], "the story is followed once");
  reader.close();
});

test("one socket follows up to fifty stories", async () => {
  const reader = await TestReader.connect(service.url);
  for (let story = 0; story < 50; story += 1) {
    await service.createStory({ slug: `${slug}-${story}` });
    assert.equal((await reader.join({ story: `${slug}-${story}` })).ok, true);
  }
  const reply = await reader.join({ story: slug });
  assert.equal(!reply.ok && reply.error.code, "validation_failed");
  assert.equal((await reader.join({ story: `${slug}-0` })).ok, true, "joining again is no further story");
  reader.close();
});

test("a story that is withdrawn or removed resets its readers, and a second join says why", async () => {
  const reader = await TestReader.connect(service.url);
  await reader.join({ story: slug });
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "draft" } });
  const reset = await reader.next("reset");
  assert.deepEqual([reset.story, reset.reason], [slug, "withdrawn"]);
  assert.equal(typeof reset.afterMs, "number");
  const refused = await reader.join({ story: slug });
  assert.equal(!refused.ok && refused.error.code, "not_found");
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "live" } });
  assert.equal((await reader.join({ story: slug })).ok, true);
  await service.call("DELETE", `/stories/${slug}`);
  assert.equal((await reader.next("reset")).reason, "removed");
  assert.deepEqual(reader.received, [], "nothing of the withdrawn story came through");
  reader.close();
});

test("[R5] a page of another origin joins no story that its origin may not, and is put out when that changes", async () => {
  const partner = "https://partner.example";
  await service.call("PATCH", `/stories/${slug}`, { body: { allowedOrigins: [partner] } });
  const allowed = await TestReader.connect(service.url, { Origin: partner });
  const other = await TestReader.connect(service.url, { Origin: "https://other.example" });
  const own = await TestReader.connect(service.url, { Origin: service.url });
  const none = await TestReader.connect(service.url);
  const refused = await other.join({ story: slug });
  assert.equal(!refused.ok && refused.error.code, "forbidden");
  for (const reader of [allowed, own, none]) assert.equal((await reader.join({ story: slug })).ok, true);
  await service.call("PATCH", `/stories/${slug}`, { body: { allowedOrigins: ["https://new.example"] } });
  assert.equal((await allowed.next("reset")).reason, "forbidden");
  for (const reader of [own, none]) assert.equal((await reader.next("changes")).changes[0]?.kind, "story");
  for (const reader of [allowed, other, own, none]) reader.close();
});

test("[R5] with ALLOWED_ORIGINS a page of another origin does not even connect", async () => {
  const strict = await TestService.start({ allowedOrigins: ["https://partner.example"] });
  const refused = new TestReader(strict.url, { Origin: "https://evil.example" });
  const [error] = await once(refused.socket as unknown as NodeJS.EventEmitter, "connect_error");
  assert.equal(error.message, "websocket error", "the handshake is refused, which tells a browser no more than that");
  for (const headers of [{}, { Origin: "https://partner.example" }, { Origin: strict.url }]) {
    (await TestReader.connect(strict.url, headers)).close();
  }
  await strict.close();
});

test("who asks for presence is told how many read along", async () => {
  const asking = await TestReader.connect(service.url);
  await asking.join({ story: slug, presence: true });
  assert.deepEqual(await asking.next("presence"), { story: slug, watching: 1 });
  const silent = await TestReader.connect(service.url);
  await silent.join({ story: slug });
  assert.deepEqual(await asking.next("presence"), { story: slug, watching: 2 });
  assert.deepEqual(silent.received, []);
  silent.close();
  assert.deepEqual(await asking.next("presence"), { story: slug, watching: 1 });
  asking.close();
});

test("who entered with a number that is no longer true is told the true one, and nobody is told the same twice", async () => {
  const [a, b, c] = [
    await TestReader.connect(service.url),
    await TestReader.connect(service.url),
    await TestReader.connect(service.url),
  ];
  for (const [index, reader] of [a, b, c].entries()) {
    await reader.join({ story: slug, presence: true });
    assert.equal((await reader.next("presence")).watching, index + 1);
  }
  a.close();
  assert.equal((await c.next("presence")).watching, 2);
  await service.publish(slug);
  await b.next("changes");
  assert.deepEqual(b.received, []);
  for (const reader of [b, c]) reader.close();
});

test("[R1] however joins and publications fall together, nothing is missing and nothing comes twice", async () => {
  const readers = await Promise.all(Array.from({ length: 40 }, () => TestReader.connect(service.url)));
  const publications = Array.from({ length: 60 }, () => service.publish(slug));
  const timelines = await Promise.all(
    readers.map(async (reader) => timelineOf(await reader.join({ story: slug, limit: 200 }))),
  );
  await Promise.all(publications);
  const { position, entries } = await service.snapshot(slug);
  for (const [index, reader] of readers.entries()) {
    let timeline = timelines[index] as Timeline;
    while (timeline.position !== position) {
      const range = await reader.next("changes");
      assert.equal(range.from, timeline.seq, "each range begins where the reader is");
      timeline = receive(timeline, range.epoch, range).timeline;
    }
    assert.deepEqual(timeline.entries, entries);
    reader.close();
  }
});

test("[R3] a reader that stops reading is bounded, gets one reset, and nobody else is delayed", async () => {
  const stalled = await TestReader.connect(service.url);
  const healthy = await TestReader.connect(service.url);
  await stalled.join({ story: slug });
  await healthy.join({ story: slug });
  stalled.stopReading();
  // More than the kernel's buffers and the reader's queue take together.
  const BATCHES = 60;
  let seq = 1;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    await Promise.all(Array.from({ length: 20 }, () => service.publish(slug, { markdown: incompressible() })));
    seq += 20;
    // Each is with the other before the next is written, so that nobody's queue but the stalled reader's can be full.
    for (let healthySeq = seq - 20; healthySeq < seq; ) {
      const range = await healthy.next("changes");
      assert.equal(range.from, healthySeq);
      healthySeq = range.to;
    }
  }
  stalled.readOn();
  let stalledSeq = 1;
  while ((await stalled.peek()) !== "reset") {
    const { from, to } = await stalled.next("changes");
    assert.equal(from, stalledSeq, "what arrives before the reset has no hole");
    stalledSeq = to;
  }
  assert.equal((await stalled.next("reset")).reason, "slow");
  assert.ok(stalledSeq < seq, "the queue was dropped");
  const rejoined = timelineOf(await stalled.join({ story: slug, limit: 1 }));
  assert.equal(rejoined.seq, seq);
  assert.deepEqual(stalled.received, [], "one reset, and nothing after it");
  stalled.close();
  healthy.close();
});

// ws waits half a minute for the answer to its close frame; this test gives up before.
test("[R4] a reader that has stopped reading does not keep the service from stopping", {
  timeout: 20_000,
}, async () => {
  const leaving = await TestService.start();
  await leaving.createStory({ slug });
  const stalled = await TestReader.connect(leaving.url);
  await stalled.join({ story: slug });
  stalled.stopReading();
  await leaving.close();
  stalled.close();
});

test("[R4] on close every reader is told to leave at a moment of its own before the connection ends", async () => {
  const leaving = await TestService.start({ drainMs: 300 });
  const readers = await Promise.all(Array.from({ length: 20 }, () => TestReader.connect(leaving.url)));
  const closed = leaving.close();
  const delays = await Promise.all(readers.map(async (reader) => (await reader.next("goodbye")).reconnectAfterMs));
  assert.ok(delays.every((delay) => delay >= 0 && delay < 300));
  assert.ok(new Set(delays).size > 1, "the delays are spread");
  const late = new TestReader(leaving.url);
  const [error] = await once(late.socket as unknown as NodeJS.EventEmitter, "connect_error");
  assert.equal(error.data.code, "store_unavailable");
  assert.ok(error.data.retryAfterMs > 0);
  for (const reader of readers) reader.close();
  await closed;
});

test("readers by polling, and those that go on by WebSocket after it, get every change once and in order", async () => {
  for (const transports of [["polling"], ["polling", "websocket"]]) {
    const socket = io(service.url, { transports, reconnection: false, forceNew: true });
    const received: Changes[] = [];
    socket.on("changes", (changes: Changes) => received.push(changes));
    const reply = await socket.emitWithAck("join", { story: slug });
    assert.ok(reply.ok);
    let { seq } = reply.snapshot;
    const CHANGES = 30;
    for (let n = 0; n < CHANGES; n += 1) await service.publish(slug, { markdown: `Change ${n}.` });
    await eventually(
      () => service.snapshot(slug, 1).then(() => received.at(-1)?.to),
      (to) => to === reply.snapshot.seq + CHANGES,
    );
    for (const { from, to } of received) {
      assert.equal(from, seq);
      seq = to;
    }
    assert.equal(socket.io.engine.transport.name, transports.at(-1));
    socket.close();
  }
});

/** Compression would make it small enough for the slowest reader. */
function incompressible(): string {
  return randomBytes(14_900).toString("base64");
}
