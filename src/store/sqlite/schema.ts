import type { Database } from "./statement.ts";

/** Goes up with every change of the tables; a server refuses data that is newer than it knows. [S8] */
export const SCHEMA_VERSION = 1;

/**
 * `texts` holds all that can be taken back, and nothing else does. Its rows are only ever appended and later set to
 * NULL, never deleted or grown: then SQLite never moves a cell of it between pages, and `secure_delete` reaches the only
 * copy there is. In a table with deletes and growing rows, rebalancing leaves about one text in a thousand behind in
 * the unused part of a page, even with `secure_delete`. [S6]
 */
const TABLES = `
  CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    body TEXT,
    markdown TEXT
  ) STRICT;

  CREATE TABLE stories (
    slug TEXT PRIMARY KEY,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    tag TEXT NOT NULL,
    commits INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    status TEXT NOT NULL,
    allowed_origins TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX stories_by_change ON stories (changed_at DESC, slug);

  CREATE TABLE removed_stories (
    slug TEXT PRIMARY KEY,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    tag TEXT NOT NULL,
    removal_tag TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE story_topics (
    slug TEXT NOT NULL REFERENCES stories ON DELETE CASCADE,
    topic TEXT NOT NULL,
    PRIMARY KEY (slug, topic)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE items (
    slug TEXT NOT NULL REFERENCES stories ON DELETE CASCADE,
    item TEXT NOT NULL,
    kind TEXT NOT NULL,
    seq INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    first_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    text_id INTEGER,
    PRIMARY KEY (slug, item)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX items_by_seq ON items (slug, seq);
  CREATE INDEX entries_newest_first ON items (slug, first_at DESC, first_seq DESC) WHERE kind = 'entry';

  CREATE TABLE revisions (
    slug TEXT NOT NULL REFERENCES stories ON DELETE CASCADE,
    item TEXT NOT NULL,
    seq INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    action TEXT NOT NULL,
    at TEXT NOT NULL,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    text_id INTEGER,
    PRIMARY KEY (slug, item, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE commits (
    slug TEXT NOT NULL REFERENCES stories ON DELETE CASCADE,
    tag TEXT NOT NULL,
    number INTEGER NOT NULL,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    head_tag TEXT NOT NULL,
    items TEXT NOT NULL,
    PRIMARY KEY (slug, tag)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX commits_by_number ON commits (slug, number);
  CREATE UNIQUE INDEX points_of_history ON commits (slug, epoch, seq) WHERE tag = head_tag;

  CREATE TABLE remembered (
    slug TEXT NOT NULL REFERENCES stories ON DELETE CASCADE,
    holder TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    ids TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    tag TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (slug, holder, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX remembered_by_age ON remembered (at_ms);

  CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    stories TEXT,
    created_at TEXT NOT NULL,
    revoked_at TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    secret TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Makes the tables where there are none. @throws when the data is of a newer version. [S8] */
export function migrate(db: Database): void {
  const settle = db.transaction(() => {
    const version = schemaVersion(db);
    if (version > SCHEMA_VERSION) {
      throw new Error(
        `The data was written by a newer version of Dateline (schema ${version}; this one knows ${SCHEMA_VERSION}). ` +
          "Start the newer version again, or restore a backup that was made before the upgrade.",
      );
    }
    if (version === SCHEMA_VERSION) return;
    db.exec(TABLES);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
  settle.immediate();
}

function schemaVersion(db: Database): number {
  const [row] = db.pragma("user_version") as { user_version: number }[];
  return row?.user_version ?? 0;
}
