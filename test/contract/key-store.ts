import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StoredKey } from "../../src/store/key-store.ts";
import type { OpenEngine } from "./harness.ts";

const EDITOR: StoredKey = {
  id: "key-1",
  name: "News desk",
  sha256: "a".repeat(64),
  role: "editor",
  stories: ["a", "a-b"],
  createdAt: "2026-03-01T12:00:00.000Z",
  revokedAt: null,
};
const ADMIN: StoredKey = {
  ...EDITOR,
  id: "key-0",
  sha256: "b".repeat(64),
  role: "admin",
  stories: null,
  createdAt: "2026-03-01T12:00:00.001Z",
};

/** Who may do what. */
export function keyStoreContract(open: OpenEngine): void {
  describe("keys", () => {
    test("a key is found by its hash, by every client, as it was added", async (t) => {
      const { stores, peer } = await open(t);
      await stores.keys.addKey(EDITOR);
      await stores.keys.addKey(ADMIN);
      assert.deepEqual(await peer.keys.findKey(EDITOR.sha256), EDITOR);
      assert.deepEqual(await stores.keys.findKey(ADMIN.sha256), ADMIN);
      assert.equal(await stores.keys.findKey("c".repeat(64)), null);
      assert.equal(await stores.keys.findKey(EDITOR.id), null);
    });

    test("keys are listed oldest first", async (t) => {
      const { stores } = await open(t);
      assert.deepEqual(await stores.keys.listKeys(), []);
      await stores.keys.addKey(ADMIN);
      await stores.keys.addKey(EDITOR);
      assert.deepEqual(await stores.keys.listKeys(), [EDITOR, ADMIN]);
    });

    test("a revoked key is still known, and the time of its revocation stays", async (t) => {
      const { stores } = await open(t);
      await stores.keys.addKey(EDITOR);
      await stores.keys.addKey(ADMIN);
      const revokedAt = "2026-03-02T12:00:00.000Z";
      assert.equal(await stores.keys.revokeKey(EDITOR.id, revokedAt), true);
      assert.equal(await stores.keys.revokeKey(EDITOR.id, "2026-03-03T12:00:00.000Z"), true);
      assert.equal(await stores.keys.revokeKey("key-2", revokedAt), false);
      assert.deepEqual(await stores.keys.findKey(EDITOR.sha256), { ...EDITOR, revokedAt });
      assert.deepEqual(await stores.keys.listKeys(), [{ ...EDITOR, revokedAt }, ADMIN]);
    });

    test("the signing secret is made once, whoever asks first", async (t) => {
      const { stores, peer } = await open(t);
      const other = await open(t);
      const secrets = await Promise.all(
        Array.from({ length: 10 }, (_, n) => (n % 2 ? peer : stores).keys.signingSecret()),
      );
      assert.equal(new Set(secrets).size, 1);
      assert.ok((secrets[0] ?? "").length >= 32);
      assert.notEqual(await other.stores.keys.signingSecret(), secrets[0]);
    });
  });
}
