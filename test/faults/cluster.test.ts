import { test } from "node:test";
import { RedisCluster } from "../support/redis-cluster.ts";
import { moveSlotOf } from "../support/slot-move.ts";
import { Newsroom } from "./support/newsroom.ts";
import { assertUndisturbed, assertWhole, openWireReaders } from "./support/wire-readers.ts";

const MOVES = 6;

test("[S1] [F2] a story that moves through a cluster again and again loses nothing and disturbs no reader", async (t) => {
  const cluster = await RedisCluster.start();
  t.after(() => cluster.stop());
  const newsroom = await Newsroom.open(t, { environment: { REDIS_URL: cluster.url } });
  const readers = await openWireReaders(t, newsroom);
  for (let moves = 0; moves < MOVES; moves += 1) {
    await moveSlotOf("{election}", cluster);
    await newsroom.editor.acknowledges(3);
  }
  await newsroom.settle(t, "slot moves, cluster");
  await assertWhole(newsroom, readers);
  assertUndisturbed(readers);
});
