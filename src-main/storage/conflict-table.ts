import type { Conflict, ConflictRef } from '#contract/conflicts.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { CacheDatabase } from './cache-database.ts'

/** What a server answered about the conflicts of one synchronization, as JSON. */
export interface ConflictReading {
  readonly raw: string
  readonly readAt: number
}

const COLUMNS = `server_id AS serverId, key, identity, connector_key AS connectorKey, kind, severity, field, message,
  first_seen_at AS firstSeenAt, last_seen_at AS lastSeenAt, gone_at AS goneAt, seen_at AS seenAt`

/** Conflicts in `cache.db`, with when they were seen, and the answers that they were read from. */
export class ConflictTable {
  readonly #cache: CacheDatabase

  constructor(cache: CacheDatabase) {
    this.#cache = cache
  }

  all(): Conflict[] {
    return this.#cache.all(`SELECT ${COLUMNS} FROM conflict`)
  }

  /** When the conflicts of each synchronization of a server were last read. */
  readings(serverId: string): Map<string, number> {
    const rows = this.#cache.all<{ key: string; readAt: number }>('SELECT key, read_at AS readAt FROM conflict_reading WHERE server_id = ?', serverId)
    return new Map(rows.map(({ key, readAt }) => [key, readAt]))
  }

  reading({ serverId, key }: SynchronizationRef): ConflictReading | null {
    return this.#cache.get<ConflictReading>('SELECT raw, read_at AS readAt FROM conflict_reading WHERE server_id = ? AND key = ?', serverId, key) ?? null
  }

  /** The JSON of one conflict; null where it is not known. */
  raw({ serverId, key, identity }: ConflictRef): string | null {
    return this.#cache.get<{ raw: string }>('SELECT raw FROM conflict WHERE server_id = ? AND key = ? AND identity = ?', serverId, key, identity)?.raw ?? null
  }

  /** Stores a reading of one synchronization and what it changed, in one transaction. */
  store({ serverId, key }: SynchronizationRef, { raw, readAt }: ConflictReading, put: readonly { conflict: Conflict; raw: string | null }[]): void {
    this.#cache.write(() => {
      const isSame = this.#cache.run('UPDATE conflict_reading SET read_at = ? WHERE server_id = ? AND key = ? AND raw = ?', readAt, serverId, key, raw)
      if (isSame === 0) {
        this.#cache.run('INSERT OR REPLACE INTO conflict_reading (server_id, key, read_at, raw) VALUES (?, ?, ?, ?)', serverId, key, readAt, raw)
      }
      for (const { conflict, raw: json } of put) this.#put(conflict, json)
    })
  }

  update(conflicts: readonly Conflict[]): void {
    this.#cache.write(() => {
      for (const conflict of conflicts) this.#put(conflict, null)
    })
  }

  /** Removes at most `limit` conflicts that have been gone since before `before`; returns which. */
  prune(before: number, limit: number): ConflictRef[] {
    const old = this.#cache.all<ConflictRef>(
      'SELECT server_id AS serverId, key, identity FROM conflict WHERE gone_at IS NOT NULL AND gone_at < ? LIMIT ?', before, limit)
    if (old.length > 0) this.#cache.write(() => old.forEach((ref) => this.#remove(ref)))
    return old
  }

  removeSynchronization({ serverId, key }: SynchronizationRef): void {
    this.#cache.write(() => {
      this.#cache.run('DELETE FROM conflict WHERE server_id = ? AND key = ?', serverId, key)
      this.#cache.run('DELETE FROM conflict_reading WHERE server_id = ? AND key = ?', serverId, key)
    })
  }

  removeServer(serverId: string): void {
    this.#cache.write(() => {
      this.#cache.run('DELETE FROM conflict WHERE server_id = ?', serverId)
      this.#cache.run('DELETE FROM conflict_reading WHERE server_id = ?', serverId)
    })
  }

  #remove({ serverId, key, identity }: ConflictRef): void {
    this.#cache.run('DELETE FROM conflict WHERE server_id = ? AND key = ? AND identity = ?', serverId, key, identity)
  }

  /** Without `raw` the JSON that is stored stays. */
  #put(conflict: Conflict, raw: string | null): void {
    const { serverId, key, identity, connectorKey, kind, severity, field, message, firstSeenAt, lastSeenAt, goneAt, seenAt } = conflict
    this.#cache.run(
      `INSERT INTO conflict (server_id, key, identity, connector_key, kind, severity, field, message, raw, first_seen_at, last_seen_at, gone_at, seen_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, 'null'), ?, ?, ?, ?)
       ON CONFLICT (server_id, key, identity) DO UPDATE SET first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at,
         gone_at = excluded.gone_at, seen_at = excluded.seen_at, raw = coalesce(?, raw)`,
      serverId, key, identity, connectorKey, kind, severity, field, message, raw, firstSeenAt, lastSeenAt, goneAt, seenAt, raw,
    )
  }
}
