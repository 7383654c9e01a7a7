import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { RedisServer } from "../support/redis-server.ts";
import { TestService } from "../support/service.ts";

/** More than a node keeps in memory. */
const ENTRIES = 1_040;

test("a page that is drawn while the store is away does without what only the store knows, until it is back", async (t) => {
  const server = await RedisServer.start();
  t.after(() => server.stop());
  const redis = { url: server.url, prefix: "dateline:", minReplicas: 0 };
  const writer = await TestService.start({ redis });
  t.after(() => writer.close());
  await writer.createStory({ slug: "long" });
  const { id } = await writer.publish("long", { headline: "How it began", importance: "key" });
  await writer.call("PUT", "/stories/long/pin", { body: { entryId: id } });
  for (let n = 1; n < ENTRIES; n += 20) {
    await Promise.all(Array.from({ length: 20 }, () => writer.publish("long")));
  }
  // One that follows the story, and has never drawn its page.
  const service = await TestService.start({ redis });
  t.after(() => service.close());
  await service.snapshot("long");
  const draw = () => service.call("GET", "//stories/long", { key: null });

  server.pause();
  const without = await draw();
  assert.equal(without.status, 200);
  assert.match(without.text, /<article/);
  assert.doesNotMatch(without.text, /How it began/);
  assert.equal(without.headers.get("etag"), null, "nobody keeps it as the page of this position");
  server.resume();
  const whole = await eventually(draw, ({ text }) => text.includes("How it began"));
  assert.match(whole.text, /class="pinned"/);
  assert.match(whole.text, /class="key-moments"/);
  assert.notEqual(whole.headers.get("etag"), null);
});
