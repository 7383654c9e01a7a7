import { randomBytes } from "node:crypto";
import type { StoredKey } from "../key-store.ts";
import type { Reads, Writes } from "./messages.ts";
import { type Database, prepare } from "./statement.ts";

type KeyRow = Omit<StoredKey, "stories"> & { stories: string | null };

const COLUMNS = "id, name, sha256, role, stories, created_at AS createdAt, revoked_at AS revokedAt";

export function keys(db: Database) {
  const find = prepare<{ sha256: string }, KeyRow>(db, `SELECT ${COLUMNS} FROM keys WHERE sha256 = :sha256`);
  const has = prepare<{ id: string }, { id: string }>(db, "SELECT id FROM keys WHERE id = :id");
  const list = prepare<Record<string, never>, KeyRow>(db, `SELECT ${COLUMNS} FROM keys ORDER BY created_at, id`);
  const add = prepare<KeyRow>(
    db,
    `INSERT INTO keys (id, name, sha256, role, stories, created_at, revoked_at)
     VALUES (:id, :name, :sha256, :role, :stories, :createdAt, :revokedAt)`,
  );
  const revoke = prepare<{ id: string; at: string }>(
    db,
    "UPDATE keys SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL",
  );
  const secret = prepare<{ name: string }, { secret: string }>(db, "SELECT secret FROM secrets WHERE name = :name");
  const keepSecret = prepare<{ name: string; secret: string }>(
    db,
    "INSERT OR IGNORE INTO secrets (name, secret) VALUES (:name, :secret)",
  );

  const reads: Pick<Reads, "findKey" | "listKeys"> = {
    findKey: (sha256) => fromRow(find.first({ sha256 })),
    listKeys: () => list.all({}).map(toKey),
  };
  const writes: Pick<Writes, "addKey" | "revokeKey" | "signingSecret"> = {
    addKey(key) {
      add.run({ ...key, stories: key.stories && JSON.stringify(key.stories) });
      return { value: undefined };
    },
    revokeKey(id, at) {
      revoke.run({ id, at });
      return { value: has.first({ id }) !== undefined };
    },
    signingSecret() {
      const name = "signing";
      keepSecret.run({ name, secret: randomBytes(32).toString("base64url") });
      return { value: secret.first({ name })?.secret ?? "" };
    },
  };
  return { reads, writes };
}

function fromRow(row: KeyRow | undefined): StoredKey | null {
  return row ? toKey(row) : null;
}

function toKey({ stories, ...key }: KeyRow): StoredKey {
  return { ...key, stories: stories === null ? null : (JSON.parse(stories) as string[]) };
}
