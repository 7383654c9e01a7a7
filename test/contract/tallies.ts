import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Stores } from "../../src/store/stores.ts";
import { eventually } from "../support/eventually.ts";
import type { Harness, OpenEngine } from "./harness.ts";

const MINUTE_MS = 60_000;

/** The nodes of one service; the command line beside an embedded store counts nothing for it. */
function nodesOf({ stores, heard }: Harness): [Stores, Stores] {
  return [stores, heard.at(-1) ?? stores];
}

/** What is counted over all nodes. */
export function talliesContract(open: OpenEngine): void {
  describe("tallies", () => {
    test("readers are summed over nodes and stories kept apart; who takes its share out counts no more", async (t) => {
      const [one, other] = nodesOf(await open(t));
      assert.equal(await one.tallies.share("a", "node 1", 3, MINUTE_MS), 3);
      assert.equal(await one.tallies.share("a-b", "node 1", 7, MINUTE_MS), 7);
      assert.equal(await other.tallies.share("a", "node 2", 2, MINUTE_MS), 5);
      assert.equal(await one.tallies.share("a", "node 1", 0, MINUTE_MS), 2);
    });

    test("a node that says nothing more is forgotten when its time is over", async (t) => {
      const [one, other] = nodesOf(await open(t));
      await one.tallies.share("a", "node 1", 3, 50);
      await eventually(
        () => other.tallies.share("a", "node 2", 2, MINUTE_MS),
        (sum) => sum === 2,
      );
    });

    test("counts go up by one, on whichever node, and keys are kept apart", async (t) => {
      const [one, other] = nodesOf(await open(t));
      const counts = [
        await one.tallies.count("a", MINUTE_MS),
        await other.tallies.count("a", MINUTE_MS),
        await one.tallies.count("a-b", MINUTE_MS),
        await one.tallies.count("a", MINUTE_MS),
      ];
      assert.deepEqual(
        counts.map(({ count }) => count),
        [1, 2, 1, 3],
      );
    });

    test("counts that come at once are all counted", async (t) => {
      const [one, other] = nodesOf(await open(t));
      const counting = Array.from({ length: 50 }, (_, n) => (n % 2 ? one : other).tallies.count("a", MINUTE_MS));
      const counts = (await Promise.all(counting)).map(({ count }) => count).sort((a, b) => a - b);
      assert.deepEqual(
        counts,
        counts.map((_, index) => index + 1),
      );
    });

    test("a window ends when its first count said it would, and then begins anew", async (t) => {
      const [one, other] = nodesOf(await open(t));
      const first = await one.tallies.count("a", 400);
      assert.ok(first.endsInMs > 0 && first.endsInMs <= 400, String(first.endsInMs));
      let last = first;
      for (;;) {
        const next = await other.tallies.count("a", MINUTE_MS);
        if (next.count === 1) break;
        assert.equal(next.count, last.count + 1);
        assert.ok(next.endsInMs <= last.endsInMs, "a later count does not make it longer");
        last = next;
      }
      const { count, endsInMs } = await one.tallies.count("a", MINUTE_MS);
      assert.equal(count, 2);
      assert.ok(endsInMs > MINUTE_MS / 2 && endsInMs <= MINUTE_MS);
    });
  });
}
