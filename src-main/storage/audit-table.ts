import type { DatabaseSync } from 'node:sqlite'
import type { AuditEntry, AuditQuery } from '#contract/audit.ts'

export type AuditAttempt = Omit<AuditEntry, 'id' | 'outcome' | 'details'>
export type AuditOutcome = Exclude<AuditEntry['outcome'], 'pending'>

/** The audit trail in `state.db`. The schema refuses to change or delete a row. */
export class AuditTable {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Notes a write before it is sent; returns the entry's id. */
  attempt(entry: AuditAttempt): number {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO audit_attempt (at, server_id, server_name, user, method, address, object, action, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        entry.at,
        entry.serverId,
        entry.serverName,
        entry.user,
        entry.method,
        entry.address,
        entry.object,
        entry.action,
        entry.body,
      )
    return Number(lastInsertRowid)
  }

  /** Notes what became of it. */
  outcome(attemptId: number, at: number, outcome: AuditOutcome, details: string): void {
    this.#database
      .prepare('INSERT INTO audit_outcome (attempt_id, at, outcome, details) VALUES (?, ?, ?, ?)')
      .run(attemptId, at, outcome, details)
  }

  /** Writes of which no outcome was noted, oldest first: under way, or cut off by the end of an earlier session. */
  pending(): AuditEntry[] {
    return this.#database
      .prepare(
        `SELECT id, at, server_id AS serverId, server_name AS serverName, user, method, address, object, action, body,
           'pending' AS outcome, '' AS details
         FROM audit_attempt a WHERE NOT EXISTS (SELECT 1 FROM audit_outcome o WHERE o.attempt_id = a.id) ORDER BY id`,
      )
      .all() as unknown as AuditEntry[]
  }

  /** The keys of what the server has confirmed as created. Earlier versions noted none. */
  createdKeys(serverId: string): string[] {
    return this.#database
      .prepare(
        `SELECT details FROM audit_attempt a JOIN audit_outcome o ON o.attempt_id = a.id
         WHERE server_id = ? AND method = 'POST' AND object = '' AND outcome = 'accepted' AND details <> ''`,
      )
      .all(serverId)
      .map(({ details }) => String(details))
  }

  /** The newest entries first, at most `limit`. */
  list(query: AuditQuery, limit: number): AuditEntry[] {
    const words = query.text.split(/\s+/).filter((word) => word !== '')
    const conditions = [
      ...(query.serverId === null ? [] : ['server_id = ?']),
      ...(query.outcome === null ? [] : ["coalesce(outcome, 'pending') = ?"]),
      ...words.map(
        () =>
          "(server_name || ' ' || user || ' ' || object || ' ' || action || ' ' || address || ' ' || body) LIKE ? ESCAPE '\\'",
      ),
    ]
    const values = [
      ...(query.serverId === null ? [] : [query.serverId]),
      ...(query.outcome === null ? [] : [query.outcome]),
      ...words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`),
    ]
    return this.#database
      .prepare(
        `SELECT a.id, a.at, server_id AS serverId, server_name AS serverName, user, method, address, object, action, body,
           coalesce(outcome, 'pending') AS outcome, coalesce(details, '') AS details
         FROM audit_attempt a LEFT JOIN audit_outcome o ON o.attempt_id = a.id
         ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`} ORDER BY a.id DESC LIMIT ?`,
      )
      .all(...values, limit) as unknown as AuditEntry[]
  }
}
