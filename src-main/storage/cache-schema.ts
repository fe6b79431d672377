import type { Migration } from './migrate.ts'

/** Schema of `cache.db`: what the servers said, and when. Everything in it can be read again. */
export const cacheMigrations: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE synchronization (
        server_id TEXT NOT NULL,
        key TEXT NOT NULL,
        item TEXT NOT NULL,
        item_read_at INTEGER NOT NULL,
        status TEXT,
        status_read_at INTEGER,
        detail TEXT,
        detail_read_at INTEGER,
        PRIMARY KEY (server_id, key)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE reading (
        server_id TEXT PRIMARY KEY,
        read_at INTEGER NOT NULL
      ) STRICT;
    `,
  },
]
