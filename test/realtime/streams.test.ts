import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { ChangesEvent } from "../../src/protocol/events.ts";
import type { Snapshot } from "../../src/protocol/shapes.ts";
import { EventStream } from "../support/event-stream.ts";
import { ADMIN_KEY, TestService } from "../support/service.ts";

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

const open = (query = "", headers?: Record<string, string>) =>
  EventStream.open(`${service.url}/api/v1/stories/${slug}/stream${query}`, headers);

test("a stream begins with a snapshot; every event's id is the position after it", async () => {
  await service.publish(slug);
  const stream = await open();
  assert.match(stream.response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const first = await stream.next<Snapshot>("snapshot");
  assert.deepEqual(first.data, await service.snapshot(slug, 50));
  assert.equal(first.id, first.data.position);
  assert.match(first.raw, /^retry: \d{4}$/m);
  await service.publish(slug);
  const { id, data: range } = await stream.next<ChangesEvent>("changes");
  assert.deepEqual([range.story, range.from, range.to], [slug, 2, 3]);
  assert.equal(id, (await service.snapshot(slug)).position);
  stream.close();
});

test("a stream that comes back gets exactly what it lacks, by Last-Event-ID before ?after=", async () => {
  const { position: old } = await service.snapshot(slug);
  await service.publish(slug);
  const { position } = await service.snapshot(slug);
  await service.publish(slug);
  const firstChanges = async (query: string, headers?: Record<string, string>) => {
    const stream = await open(query, headers);
    const { data } = await stream.next<ChangesEvent>("changes");
    stream.close();
    return data;
  };
  const byHeader = await firstChanges(`?after=${old}`, { "Last-Event-ID": position });
  assert.deepEqual([byHeader.from, byHeader.to], [2, 3]);
  assert.equal((await firstChanges(`?after=${position}`)).from, 2);
  const malformed = await open("", { "Last-Event-ID": "nonsense" });
  await malformed.next("snapshot");
  malformed.close();
});

test("a story that is withdrawn ends the stream with a reset that makes the reader forget its position", async () => {
  const stream = await open();
  await stream.next("snapshot");
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "draft" } });
  assert.equal((await stream.next("reset")).id, "");
  await stream.end();
  assert.equal((await open()).response.status, 404);
});

test("[R5] a page of another origin opens no stream of a story that its origin may not read", async () => {
  await service.call("PATCH", `/stories/${slug}`, { body: { allowedOrigins: ["https://partner.example"] } });
  const refused = await open("", { Origin: "https://other.example" });
  assert.equal(refused.response.status, 403);
  const allowed = await open("", { Origin: "https://partner.example" });
  assert.equal(allowed.response.status, 200);
  assert.equal(allowed.response.headers.get("access-control-allow-origin"), "https://partner.example");
  allowed.close();
});

test("presence is told to streams that ask", async () => {
  const stream = await open("?presence=1");
  await stream.next("snapshot");
  assert.deepEqual((await stream.next("presence")).data, { story: slug, watching: 1 });
  stream.close();
});

test("an editor's key opens the stream of a draft, and stays in it", async () => {
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "draft" } });
  const stream = await open("", { Authorization: `Bearer ${ADMIN_KEY}` });
  assert.equal((await stream.next<Snapshot>("snapshot")).data.story.status, "draft");
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "live" } });
  await stream.next("changes");
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "draft" } });
  await stream.next("changes");
  stream.close();
});

test("HEAD is answered without a stream", async () => {
  const { status, headers } = await service.call("HEAD", `/stories/${slug}/stream`, { key: null });
  assert.deepEqual([status, headers.get("content-type")], [200, "text/event-stream; charset=utf-8"]);
});

test("[R4] who comes while the service drains gets no stream, and keeps it from nothing", async () => {
  const leaving = await TestService.start({ drainMs: 2_000 });
  await leaving.createStory({ slug });
  const stream = await EventStream.open(`${leaving.url}/api/v1/stories/${slug}/stream`);
  await stream.next("snapshot");
  const closed = leaving.close();
  await stream.next("goodbye");
  const late = await EventStream.open(`${leaving.url}/api/v1/stories/${slug}/stream`);
  assert.deepEqual([late.response.status, late.response.headers.get("retry-after")], [503, "1"]);
  late.close();
  stream.close();
  await closed;
});

test("[R4] on close a stream is told goodbye and closed within the window", async () => {
  const leaving = await TestService.start({ drainMs: 50 });
  await leaving.createStory({ slug });
  const stream = await EventStream.open(`${leaving.url}/api/v1/stories/${slug}/stream`);
  await stream.next("snapshot");
  const closed = leaving.close();
  await stream.next("goodbye");
  await stream.end();
  await closed;
});
