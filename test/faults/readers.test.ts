import assert from "node:assert/strict";
import { test } from "node:test";
import { hasSlowReader } from "../support/metrics.ts";
import { RedisServer } from "../support/redis-server.ts";
import { TestReader } from "../support/socket-reader.ts";
import { Newsroom } from "./support/newsroom.ts";

test("[R3] a reader that stops reading is dropped and told, and nobody else is delayed by it", async (t) => {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const newsroom = await Newsroom.open(t, { environment: { REDIS_URL: redis.url } });
  const url = newsroom.nodes[0]?.url ?? "";
  const slow = await TestReader.connect(url);
  t.after(() => slow.close());
  assert.equal((await slow.join({ story: "election" })).ok, true);
  slow.stopReading();
  // More than the kernel's buffers and the reader's queue take together; and not longer than its heartbeats may be late.
  await newsroom.editor.reviseLarge(() => hasSlowReader(url));
  slow.readOn();
  const reset = await slow.find("reset");
  assert.equal(reset.reason, "slow");
  await newsroom.settle(t, "reader stops reading");
});
