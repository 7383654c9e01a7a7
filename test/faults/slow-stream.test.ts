import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { test } from "node:test";
import { hasSlowReader } from "../support/metrics.ts";
import { RedisServer } from "../support/redis-server.ts";
import { Newsroom } from "./support/newsroom.ts";
import { assertUndisturbed, assertWhole, openWireReaders } from "./support/wire-readers.ts";

test("[R3] a stream whose reader takes nothing ends with a reset, and nobody else is delayed by it", async (t) => {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const newsroom = await Newsroom.open(t, { environment: { REDIS_URL: redis.url } });
  const readers = await openWireReaders(t, newsroom);
  const url = newsroom.nodes[0]?.url ?? "";
  const request = get(`${url}/api/v1/stories/election/stream`);
  const [slow] = (await once(request, "response")) as [IncomingMessage];
  t.after(() => slow.destroy());
  assert.equal(slow.statusCode, 200);
  // Nothing has asked for data yet, so nothing is read from the connection. More than the kernel's buffers and the
  // reader's queue take together:
  await newsroom.editor.reviseLarge(() => hasSlowReader(url));
  await newsroom.settle(t, "stream stops reading");
  await assertWhole(newsroom, readers);
  assertUndisturbed(readers);

  let last = "";
  for await (const chunk of slow.setEncoding("utf8")) last = `${last}${chunk}`.slice(-400);
  assert.match(last, /event: reset\ndata: \{"story":"election","reason":"slow","afterMs":\d+\}/);
});
