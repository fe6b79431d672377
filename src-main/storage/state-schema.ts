import type { Migration } from './migrate.ts'

/** Schema of `state.db`, the precious one: what the user entered and what was done. No secret is ever in it. */
export const stateMigrations: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE server (
        id TEXT PRIMARY KEY,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        base_url TEXT NOT NULL,
        api_path TEXT NOT NULL,
        environment TEXT NOT NULL,
        project_keys TEXT NOT NULL,
        ca_pem TEXT NOT NULL,
        allow_plain_http INTEGER NOT NULL,
        is_demo INTEGER NOT NULL,
        start_verb TEXT,
        credential_kind TEXT,
        credential_user TEXT,
        credential_kept TEXT,
        credential_version INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE TABLE access_block (
        server_id TEXT PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
        credential_version INTEGER NOT NULL,
        reason TEXT NOT NULL,
        since INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        last_attempt_at INTEGER NOT NULL,
        login_url TEXT
      ) STRICT;
      CREATE TABLE setting (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT;
      CREATE TABLE task (
        id TEXT PRIMARY KEY,
        server_id TEXT NOT NULL,
        server_name TEXT NOT NULL,
        integration_key TEXT NOT NULL,
        summary TEXT NOT NULL,
        project_key TEXT,
        operation TEXT NOT NULL,
        step TEXT NOT NULL,
        state TEXT NOT NULL,
        outcome TEXT,
        remote_id TEXT,
        progress INTEGER,
        message TEXT NOT NULL,
        failure TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER
      ) STRICT;
      CREATE INDEX task_by_start ON task (started_at);
      CREATE INDEX task_open ON task (state) WHERE state <> 'ended';
    `,
  },
]
