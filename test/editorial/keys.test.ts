import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Keys, mayEdit } from "../../src/editorial/keys.ts";
import { openSqliteStores } from "../../src/store/sqlite/open.ts";
import type { Stores } from "../../src/store/stores.ts";

let stores: Stores;
before(async () => {
  stores = await openSqliteStores({ file: ":memory:" });
});
after(() => stores.close());

test("a key is told once, kept as a hash, and opens the stories that it names", async () => {
  const keys = new Keys(stores.keys, null);
  const { id, secret } = await keys.create({ name: "night desk", role: "editor", stories: ["a"] });
  assert.ok(!JSON.stringify(await stores.keys.listKeys()).includes(secret));
  const principal = await keys.authenticate(secret);
  assert.deepEqual(principal, { holder: { id, name: "night desk" }, role: "editor", stories: ["a"] });
  assert.deepEqual([mayEdit(principal, "a"), mayEdit(principal, "ab"), mayEdit(null, "a")], [true, false, false]);
  assert.equal(await keys.authenticate(`${secret}x`), null);
});

test("a revoked key opens nothing", async () => {
  const { id, secret } = await new Keys(stores.keys, null).create({ name: "left us", role: "admin", stories: null });
  await stores.keys.revokeKey(id, new Date().toISOString());
  assert.equal(await new Keys(stores.keys, null).authenticate(secret), null);
});

test("the key of the settings may do everything, and no other string is that key", async () => {
  const keys = new Keys(stores.keys, "the key of the settings");
  const principal = await keys.authenticate("the key of the settings");
  assert.deepEqual([principal?.role, principal?.stories], ["admin", null]);
  assert.equal(await keys.authenticate("The key of the settings"), null);
});

test("the first start makes a key, later ones do not", async () => {
  const fresh = await openSqliteStores({ file: ":memory:" });
  const keys = new Keys(fresh.keys, null);
  const secret = await keys.createFirst();
  assert.equal((await keys.authenticate(secret ?? ""))?.role, "admin");
  assert.equal(await keys.createFirst(), null);
  await fresh.close();
});
