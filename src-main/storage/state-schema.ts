import type { Migration } from './migrate.ts'

/** Schema of `state.db`, the precious one: what the user entered and what was done. It never contains a secret. */
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
  {
    number: 2,
    sql: `
      ALTER TABLE task ADD COLUMN intent TEXT;
      CREATE TABLE audit_attempt (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        server_id TEXT NOT NULL,
        server_name TEXT NOT NULL,
        user TEXT NOT NULL,
        method TEXT NOT NULL,
        address TEXT NOT NULL,
        object TEXT NOT NULL,
        action TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE TABLE audit_outcome (
        attempt_id INTEGER PRIMARY KEY REFERENCES audit_attempt (id),
        at INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        details TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER audit_attempt_stays BEFORE UPDATE ON audit_attempt BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
      CREATE TRIGGER audit_attempt_kept BEFORE DELETE ON audit_attempt BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
      CREATE TRIGGER audit_outcome_stays BEFORE UPDATE ON audit_outcome BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
      CREATE TRIGGER audit_outcome_kept BEFORE DELETE ON audit_outcome BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
      CREATE TABLE draft (
        server_id TEXT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        draft TEXT NOT NULL,
        PRIMARY KEY (server_id, key)
      ) STRICT;
      CREATE TABLE snapshot (
        id TEXT PRIMARY KEY,
        server_id TEXT NOT NULL,
        server_name TEXT NOT NULL,
        key TEXT NOT NULL,
        summary TEXT NOT NULL,
        taken_at INTEGER NOT NULL,
        json TEXT NOT NULL
      ) STRICT;
    `,
  },
  { number: 3, sql: "ALTER TABLE task ADD COLUMN server_text TEXT NOT NULL DEFAULT ''" },
  {
    number: 4,
    sql: `
      ALTER TABLE server ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0;
      CREATE TABLE notification (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        tone TEXT NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        items TEXT NOT NULL,
        is_read INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX notification_by_time ON notification (at);
      CREATE TABLE snooze (
        server_id TEXT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        until INTEGER,
        reason TEXT NOT NULL,
        PRIMARY KEY (server_id, key)
      ) STRICT;
    `,
  },
  { number: 5, sql: 'ALTER TABLE server ADD COLUMN is_read_only INTEGER NOT NULL DEFAULT 0' },
  {
    number: 6,
    sql: `
      ALTER TABLE server ADD COLUMN sessionless_since INTEGER;
      ALTER TABLE server ADD COLUMN sessionless_reason TEXT;
    `,
  },
  // Sentences become the foreign text of messages.
  {
    number: 7,
    sql: `
      UPDATE task SET message = json_object('key', 'text.foreign', 'values', json_object('text', message)) WHERE message <> '';
      UPDATE task SET failure = json_object('key', 'text.foreign', 'values', json_object('text', failure)) WHERE failure <> '';
    `,
  },
  // The same for what the user was told.
  {
    number: 8,
    sql: `
      UPDATE notification SET title = json_object('key', 'text.foreign', 'values', json_object('text', title));
      UPDATE notification SET text = json_object('key', 'text.foreign', 'values', json_object('text', text)) WHERE text <> '';
      UPDATE notification SET items = (
        SELECT json_group_array(json_set(value, '$.text', json_object('key', 'text.foreign', 'values', json_object('text', value ->> '$.text'))))
        FROM json_each(items)
      ) WHERE json_valid(items);
    `,
  },
  // What was begun before is a batch of its own.
  {
    number: 9,
    sql: `
      ALTER TABLE task ADD COLUMN batch_id TEXT NOT NULL DEFAULT '';
      UPDATE task SET batch_id = id;
    `,
  },
  { number: 10, sql: 'ALTER TABLE notification ADD COLUMN dismissed_at INTEGER' },
  // A write that was sent before belongs to a task if only one can have sent it. Its end is recorded at the next start.
  {
    number: 11,
    sql: `
      ALTER TABLE audit_attempt ADD COLUMN task_id TEXT;
      CREATE TABLE audit_end (
        attempt_id INTEGER PRIMARY KEY REFERENCES audit_attempt (id),
        at INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        details TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER audit_end_stays BEFORE UPDATE ON audit_end BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
      CREATE TRIGGER audit_end_kept BEFORE DELETE ON audit_end BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
      DROP TRIGGER audit_attempt_stays;
      UPDATE audit_attempt AS a SET task_id = (
        SELECT max(t.id) FROM task t
        WHERE t.server_id = a.server_id AND t.integration_key = a.object
          AND a.at >= t.started_at AND (t.ended_at IS NULL OR a.at <= t.ended_at)
          AND CASE t.operation
            WHEN 'start' THEN a.action IN ('start', 'Start')
            WHEN 'stop' THEN a.action IN ('stop', 'Stop')
            WHEN 'restart' THEN a.action IN ('start', 'Start', 'stop', 'Stop')
            WHEN 'update' THEN a.action IN ('update', 'Update')
            WHEN 'connection' THEN a.action IN ('update-connection', 'Update the connection')
            ELSE 0
          END
        HAVING count(*) = 1
      );
      CREATE TRIGGER audit_attempt_stays BEFORE UPDATE ON audit_attempt BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
      CREATE INDEX audit_attempt_of_task ON audit_attempt (task_id) WHERE task_id IS NOT NULL;
    `,
  },
  {
    number: 12,
    sql: `
      CREATE TABLE job (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        origin_id TEXT,
        state TEXT NOT NULL,
        halt TEXT NOT NULL,
        planned_at INTEGER NOT NULL,
        begun_at INTEGER,
        ended_at INTEGER
      ) STRICT;
      CREATE TABLE job_target (
        job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        server_id TEXT NOT NULL,
        server_name TEXT NOT NULL,
        integration_key TEXT NOT NULL,
        summary TEXT NOT NULL,
        before TEXT NOT NULL,
        left_out TEXT NOT NULL,
        PRIMARY KEY (job_id, place)
      ) STRICT;
      CREATE TABLE job_step (
        job_id TEXT NOT NULL,
        target INTEGER NOT NULL,
        number INTEGER NOT NULL,
        phase INTEGER NOT NULL,
        name TEXT NOT NULL,
        path TEXT NOT NULL,
        is_only_if_refused INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        task_id TEXT,
        told TEXT NOT NULL,
        begun_at INTEGER,
        ended_at INTEGER,
        PRIMARY KEY (job_id, target, number),
        FOREIGN KEY (job_id, target) REFERENCES job_target (job_id, place) ON DELETE CASCADE
      ) STRICT;
    `,
  },
  { number: 13, sql: "ALTER TABLE job ADD COLUMN about TEXT NOT NULL DEFAULT 'null'" },
  {
    number: 14,
    sql: `
      ALTER TABLE job ADD COLUMN replacement TEXT NOT NULL DEFAULT 'null';
      ALTER TABLE job_target ADD COLUMN changes TEXT NOT NULL DEFAULT '[]';
    `,
  },
  {
    number: 15,
    sql: `
      CREATE TABLE note (
        server_id TEXT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        tags TEXT NOT NULL,
        note TEXT NOT NULL,
        gone_at INTEGER,
        PRIMARY KEY (server_id, key)
      ) STRICT;
    `,
  },
  { number: 16, sql: "ALTER TABLE job_target ADD COLUMN copy TEXT NOT NULL DEFAULT 'null'" },
  // Until now, only deleted synchronizations were kept.
  {
    number: 17,
    sql: `
      ALTER TABLE job_target ADD COLUMN missing TEXT NOT NULL DEFAULT '';
      ALTER TABLE snapshot ADD COLUMN why TEXT NOT NULL DEFAULT 'delete';
      CREATE TABLE snapshot_links (
        snapshot_id TEXT NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
        connector_key TEXT NOT NULL,
        count INTEGER NOT NULL,
        unreadable INTEGER NOT NULL,
        problem TEXT NOT NULL,
        json BLOB,
        UNIQUE (snapshot_id, connector_key)
      ) STRICT;
    `,
  },
  {
    number: 18,
    sql: `
      ALTER TABLE job ADD COLUMN maintenance TEXT NOT NULL DEFAULT 'null';
      ALTER TABLE job_target ADD COLUMN back_at INTEGER;
    `,
  },
  {
    number: 19,
    sql: `
      CREATE TABLE copy_guard (
        server_id TEXT PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
        guard TEXT NOT NULL
      ) STRICT;
    `,
  },
  { number: 20, sql: 'ALTER TABLE notification ADD COLUMN job_id TEXT' },
]
