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
  {
    number: 2,
    sql: `
      ALTER TABLE synchronization ADD COLUMN state_since INTEGER;
      ALTER TABLE synchronization ADD COLUMN is_live INTEGER NOT NULL DEFAULT 1;
      CREATE TABLE detail (
        server_id TEXT NOT NULL,
        key TEXT NOT NULL,
        detail TEXT NOT NULL,
        read_at INTEGER NOT NULL,
        PRIMARY KEY (server_id, key)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO detail SELECT server_id, key, detail, detail_read_at FROM synchronization
        WHERE detail IS NOT NULL AND detail_read_at IS NOT NULL;
      ALTER TABLE synchronization DROP COLUMN detail;
      ALTER TABLE synchronization DROP COLUMN detail_read_at;
      CREATE TABLE transition (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        server_id TEXT NOT NULL,
        key TEXT NOT NULL,
        health TEXT NOT NULL,
        label TEXT NOT NULL,
        reason TEXT NOT NULL
      ) STRICT;
      CREATE INDEX transition_of_object ON transition (server_id, key, at);
      CREATE INDEX transition_by_time ON transition (at);
      CREATE TABLE conflict (
        server_id TEXT NOT NULL,
        key TEXT NOT NULL,
        identity TEXT NOT NULL,
        connector_key TEXT NOT NULL,
        kind TEXT NOT NULL,
        severity TEXT NOT NULL,
        field TEXT NOT NULL,
        message TEXT NOT NULL,
        raw TEXT NOT NULL,
        first_seen_at INTEGER NOT NULL,
        last_seen_at INTEGER NOT NULL,
        gone_at INTEGER,
        seen_at INTEGER,
        PRIMARY KEY (server_id, key, identity)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX conflict_gone ON conflict (gone_at) WHERE gone_at IS NOT NULL;
      CREATE TABLE conflict_reading (
        server_id TEXT NOT NULL,
        key TEXT NOT NULL,
        read_at INTEGER NOT NULL,
        raw TEXT NOT NULL,
        PRIMARY KEY (server_id, key)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE link_reading (
        server_id TEXT NOT NULL,
        connector_key TEXT NOT NULL,
        read_at INTEGER NOT NULL,
        raw TEXT NOT NULL,
        PRIMARY KEY (server_id, connector_key)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    number: 3,
    sql: `
      CREATE TABLE long_reading (
        kind TEXT NOT NULL,
        server_id TEXT NOT NULL,
        key TEXT NOT NULL,
        read_at INTEGER NOT NULL,
        number INTEGER NOT NULL,
        parts INTEGER NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (kind, server_id, key)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE long_reading_part (
        kind TEXT NOT NULL,
        server_id TEXT NOT NULL,
        key TEXT NOT NULL,
        number INTEGER NOT NULL,
        part INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (kind, server_id, key, number, part)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO long_reading SELECT 'links', server_id, connector_key, read_at, 1, 1, '' FROM link_reading;
      INSERT INTO long_reading_part SELECT 'links', server_id, connector_key, 1, 0, raw FROM link_reading;
      INSERT INTO long_reading SELECT 'conflicts', server_id, key, read_at, 1, 1, '' FROM conflict_reading;
      INSERT INTO long_reading_part SELECT 'conflicts', server_id, key, 1, 0, raw FROM conflict_reading;
      DROP TABLE link_reading;
      DROP TABLE conflict_reading;
    `,
  },
  // Sentences become messages: Syncdeck's own by their keys, which are compared; others become the foreign text of one.
  {
    number: 4,
    sql: `
      CREATE TABLE worded (words TEXT PRIMARY KEY, key TEXT NOT NULL) STRICT;
      INSERT INTO worded VALUES
        ('Running', 'synchronizations.states.running'),
        ('Stopped', 'synchronizations.states.stopped'),
        ('Restart required', 'synchronizations.states.restartRequired'),
        ('Update required', 'synchronizations.states.updateRequired'),
        ('Handshake', 'synchronizations.states.handshake'),
        ('Waiting for slave', 'synchronizations.states.waitingForSlave'),
        ('Not told', 'synchronizations.states.untold'),
        ('Offline side', 'synchronizations.states.offlineSide'),
        ('Reconnecting', 'synchronizations.states.reconnecting'),
        ('Error', 'synchronizations.states.error'),
        ('Route stopped', 'synchronizations.states.routeStopped'),
        ('Deleted', 'synchronizations.states.deleted'),
        ('No credentials', 'history.server.states.noCredentials'),
        ('Paused', 'history.server.states.paused'),
        ('Answers', 'history.server.states.answers'),
        ('Not reachable', 'history.server.states.unreachable'),
        ('Certificate not trusted', 'history.server.states.untrusted'),
        ('Server error', 'history.server.states.serverError'),
        ('Proxy failed', 'history.server.states.proxyFailed'),
        ('Proxy refused its user', 'history.server.states.proxyRefused'),
        ('Log-in refused', 'history.server.states.blocked.rejected'),
        ('Captcha demanded', 'history.server.states.blocked.captcha'),
        ('Log-in method off', 'history.server.states.blocked.method-off'),
        ('Intercepted', 'history.server.states.blocked.intercepted'),
        ('Log-in unanswered', 'history.server.states.blocked.unanswered'),
        ('The server did not tell a state', 'synchronizations.reasons.untold'),
        ('A route is stopped although the synchronization runs', 'synchronizations.reasons.routeStopped'),
        ('It is no longer on the server', 'synchronizations.reasons.deleted'),
        ('The automatic reading was paused', 'history.server.pausedReason');
      UPDATE transition SET label = coalesce(
        (SELECT json_object('key', key) FROM worded WHERE words = label),
        json_object('key', 'text.foreign', 'values', json_object('text', label)));
      UPDATE transition SET reason = coalesce(
        (SELECT json_object('key', key) FROM worded WHERE words = reason),
        json_object('key', 'text.foreign', 'values', json_object('text', reason))) WHERE reason <> '';
      DROP TABLE worded;
    `,
  },
  { number: 5, sql: 'ALTER TABLE synchronization ADD COLUMN is_since_seen INTEGER NOT NULL DEFAULT 0' },
  { number: 6, sql: 'ALTER TABLE long_reading ADD COLUMN missing INTEGER NOT NULL DEFAULT 0' },
  {
    number: 7,
    sql: `
      CREATE TABLE delivery (
        server_id TEXT NOT NULL,
        key TEXT NOT NULL,
        toward TEXT NOT NULL,
        sent_at INTEGER NOT NULL,
        received_at INTEGER NOT NULL,
        digest TEXT NOT NULL,
        is_proven INTEGER NOT NULL,
        is_waiting INTEGER NOT NULL,
        PRIMARY KEY (server_id, key, toward)
      ) STRICT, WITHOUT ROWID;
    `,
  },
]
