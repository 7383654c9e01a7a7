import { test } from "node:test";
import { RedisSentinels } from "../support/redis-sentinels.ts";
import { Newsroom } from "./support/newsroom.ts";
import { assertWhole, openWireReaders } from "./support/wire-readers.ts";

test("[S3] [S7] a master that hangs, is replaced and comes back takes nothing along that replicas had confirmed", async (t) => {
  const sentinels = await RedisSentinels.start();
  t.after(() => sentinels.stop());
  const environment = { REDIS_URL: sentinels.url, REDIS_MIN_REPLICAS: "1" };
  const newsroom = await Newsroom.open(t, { environment });
  const readers = await openWireReaders(t, newsroom);
  sentinels.master.pause();
  await sentinels.promoted();
  // Until a sentinel tells it, it takes itself for the master, and so do the nodes that have stayed with it.
  sentinels.master.resume();
  // Whoever is connected to it then is cut off.
  const role = () => sentinels.master.command("ROLE").catch(() => "");
  while (!(await role()).startsWith("slave")) await newsroom.editor.fails(1);
  // Knows of the story only what the store holds.
  await newsroom.addNode();
  await newsroom.settle(t, "master hangs and returns");
  await assertWhole(newsroom, readers);
});
