import assert from "node:assert/strict";
import { test } from "node:test";
import type { Principal } from "../../src/editorial/keys.ts";
import { PublishRate } from "../../src/editorial/publish-rate.ts";

const EDITOR: Principal = { holder: { id: "key-1", name: "Night desk" }, role: "editor", stories: null };

test("nobody waits for a counter that does not answer", async () => {
  const tallies = { count: () => new Promise<never>(() => {}) };
  const rate = new PublishRate({ tallies, perMinute: 1 });
  const requireRate = await rate.count(EDITOR, "publications");
  assert.doesNotThrow(requireRate);
});

test("without a limit nothing is counted", async () => {
  const tallies = { count: () => assert.fail() };
  const rate = new PublishRate({ tallies, perMinute: Number.POSITIVE_INFINITY });
  assert.doesNotThrow(await rate.count(EDITOR, "changes"));
});
