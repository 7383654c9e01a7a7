import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { EventStream } from "../support/event-stream.ts";
import { eventually } from "../support/eventually.ts";
import { MetricsText } from "../support/metrics.ts";
import { TestService } from "../support/service.ts";
import { TestReader } from "../support/socket-reader.ts";

let service: TestService;
let reader: TestReader;
let slug = "";
let stories = 0;
before(async () => {
  service = await TestService.start();
});
beforeEach(async () => {
  stories += 1;
  slug = `story-${stories}`;
  await service.createStory({ slug });
  reader = await TestReader.connect(service.url);
});
after(() => service.close());

const read = () => MetricsText.read(service.url);
/** How much a series has grown since `before`. */
const grown = async (before: MetricsText, series: string) => (await read()).value(series) - before.value(series);

/** A report has no answer; whatever is asked after it on the same connection is answered after it. */
async function report(seen: unknown): Promise<void> {
  reader.socket.emit("seen", seen as { story: string; seq: number });
  await reader.socket.emitWithAck("leave", { story: "some-other-story" });
}

test("a sampled reader's word makes one measurement of a delivery", async () => {
  const reply = await reader.join({ story: slug });
  assert.ok(reply.ok && reply.sample);
  const before = await read();
  await service.publish(slug);
  const { to } = await reader.find("changes");
  await report({ story: slug, seq: to });
  assert.equal(await grown(before, "dateline_delivery_seconds_count"), 1);
  const seconds = await grown(before, "dateline_delivery_seconds_sum");
  assert.ok(seconds > 0 && seconds < 60, String(seconds));
  reader.close();
});

test("nothing else that a reader may send spoils the measurements, nor ends its connection", async () => {
  await reader.join({ story: slug });
  const before = await read();
  await service.publish(slug);
  const { to } = await reader.find("changes");
  const hostile = [
    ...[undefined, null, 7, "seen", [], {}, { story: slug }, { story: slug, seq: "2" }, { story: slug, seq: -1 }],
    ...[
      { story: slug, seq: 1.5 },
      { story: slug, seq: Number.NaN },
      { story: slug, seq: 1e300 },
      { story: slug, seq: 1 },
    ],
    ...[
      { story: slug, seq: to + 1 },
      { story: "story-1", seq: to },
      { story: "nothing", seq: to },
    ],
    ...[
      { story: "__proto__", seq: to },
      { story: { toString: 1 }, seq: to },
    ],
  ];
  for (const seen of hostile) await report(seen);
  assert.equal(await grown(before, "dateline_delivery_seconds_count"), 0);
  for (let times = 0; times < 3; times += 1) await report({ story: slug, seq: to, at: "1970-01-01", delay: 1e9 });
  assert.equal(await grown(before, "dateline_delivery_seconds_count"), 1);
  await reader.socket.emitWithAck("leave", { story: slug });
  await service.publish(slug);
  await report({ story: slug, seq: to + 1 });
  assert.equal(await grown(before, "dateline_delivery_seconds_count"), 1);
  reader.close();
});

test("joins, refusals, deliveries and resets are counted", async () => {
  const before = await read();
  await reader.join({ story: slug });
  const { position } = await service.snapshot(slug);
  const other = await TestReader.connect(service.url);
  await other.join({ story: slug, position });
  await other.join({ story: "nothing" });
  const stream = await EventStream.open(`${service.url}/api/v1/stories/${slug}/stream`);
  await stream.next("snapshot");
  await service.publish(slug);
  await Promise.all([reader.find("changes"), other.find("changes"), stream.next("changes")]);
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "draft" } });
  await Promise.all([reader.find("reset"), other.find("reset"), stream.next("reset")]);
  const expected: [series: string, growth: number][] = [
    ['dateline_joins_total{transport="socket",mode="snapshot"}', 1],
    ['dateline_joins_total{transport="socket",mode="changes"}', 1],
    ['dateline_joins_total{transport="stream",mode="snapshot"}', 1],
    ['dateline_join_refusals_total{code="not_found"}', 1],
    ["dateline_deliveries_total", 3],
    ['dateline_resets_total{reason="withdrawn"}', 3],
  ];
  for (const [series, growth] of expected) assert.equal(await grown(before, series), growth, series);
  for (const one of [reader, other, stream]) one.close();
});

test("a reader that is too slow is counted once", async () => {
  const before = await read();
  await reader.join({ story: slug });
  reader.stopReading();
  // Not to be compressed: the whole of it has to wait.
  const body = { markdown: randomBytes(14_900).toString("base64") };
  const isSlow = async () => (await grown(before, "dateline_slow_readers_total")) > 0;
  while (!(await isSlow())) {
    for (let n = 0; n < 50; n += 1) await service.publish(slug, body);
  }
  assert.equal(await grown(before, "dateline_slow_readers_total"), 1);
  assert.equal(await grown(before, 'dateline_resets_total{reason="slow"}'), 1);
  reader.readOn();
  reader.close();
});

test("changes, commits and requests are counted, streams without their time", async () => {
  const before = await read();
  const { id } = await service.publish(slug);
  await service.call("DELETE", `/stories/${slug}/entries/${id}`);
  await service.call("GET", "/stories/nothing", { key: null });
  await service.call("GET", `//stories/${slug}`, { key: null });
  for (const path of ["//embed/v1/live-story.js", "//embed/v1/nothing.js", "//assets/nothing.js", `//embed/${slug}`])
    await service.call("GET", path, { key: null });
  await service.call("HEAD", `/stories/${slug}/stream`, { key: null });
  const expected: [series: string, growth: number][] = [
    ['dateline_changes_total{kind="entry"}', 1],
    ['dateline_changes_total{kind="retraction"}', 1],
    ['dateline_commits_total{outcome="done"}', 2],
    ["dateline_commit_seconds_count", 2],
    ['dateline_http_requests_total{kind="write",status="201"}', 1],
    ['dateline_http_requests_total{kind="read",status="404"}', 1],
    ['dateline_http_requests_total{kind="page",status="200"}', 2],
    ['dateline_http_requests_total{kind="asset",status="200"}', 1],
    ['dateline_http_requests_total{kind="asset",status="404"}', 2],
    ['dateline_http_requests_total{kind="stream",status="200"}', 1],
    ['dateline_http_request_seconds_count{kind="write"}', 2],
    ['dateline_http_request_seconds_count{kind="stream"}', 0],
  ];
  for (const [series, growth] of expected) {
    await eventually(
      () => grown(before, series),
      (value) => value === growth,
    );
  }
  assert.equal((await read()).value('dateline_build_info{version="0.0.0-test"}'), 1);
  assert.deepEqual([(await read()).value("dateline_ready"), (await read()).value("dateline_draining")], [1, 0]);
  reader.close();
});
