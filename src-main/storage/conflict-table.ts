import type { Conflict, ConflictRef } from '#contract/conflicts.ts'
import type { ServerId } from '#contract/ids.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { CacheDatabase } from './cache-database.ts'

const COLUMNS = `server_id AS serverId, key, identity, connector_key AS connectorKey, kind, severity, field, message,
  first_seen_at AS firstSeenAt, last_seen_at AS lastSeenAt, gone_at AS goneAt, seen_at AS seenAt`

/** Conflicts in `cache.db`, with the times at which they were seen. */
export class ConflictTable {
  readonly #cache: CacheDatabase

  constructor(cache: CacheDatabase) {
    this.#cache = cache
  }

  all(): Conflict[] {
    return this.#cache.all(`SELECT ${COLUMNS} FROM conflict`)
  }

  /** The JSON of one conflict; null if it is not known. */
  raw({ serverId, key, identity }: ConflictRef): string | null {
    return (
      this.#cache.get<{ raw: string }>(
        'SELECT raw FROM conflict WHERE server_id = ? AND key = ? AND identity = ?',
        serverId,
        key,
        identity,
      )?.raw ?? null
    )
  }

  /** Stores what a reading changed, in one transaction; without `raw`, the stored JSON stays. */
  store(put: readonly { conflict: Conflict; raw: string | null }[]): void {
    this.#cache.write(() => {
      for (const { conflict, raw } of put) this.#put(conflict, raw)
    })
  }

  update(conflicts: readonly Conflict[]): void {
    this.store(conflicts.map((conflict) => ({ conflict, raw: null })))
  }

  /** Removes at most `limit` conflicts that have been gone since before `before`; returns which. */
  prune(before: number, limit: number): ConflictRef[] {
    const old = this.#cache.all<ConflictRef>(
      'SELECT server_id AS serverId, key, identity FROM conflict WHERE gone_at IS NOT NULL AND gone_at < ? LIMIT ?',
      before,
      limit,
    )
    if (old.length > 0) this.#cache.write(() => old.forEach((ref) => this.#remove(ref)))
    return old
  }

  removeSynchronization({ serverId, key }: SynchronizationRef): void {
    this.#cache.write(() => this.#cache.run('DELETE FROM conflict WHERE server_id = ? AND key = ?', serverId, key))
  }

  removeServer(serverId: ServerId): void {
    this.#cache.write(() => this.#cache.run('DELETE FROM conflict WHERE server_id = ?', serverId))
  }

  #remove({ serverId, key, identity }: ConflictRef): void {
    this.#cache.run('DELETE FROM conflict WHERE server_id = ? AND key = ? AND identity = ?', serverId, key, identity)
  }

  #put(conflict: Conflict, raw: string | null): void {
    const {
      serverId,
      key,
      identity,
      connectorKey,
      kind,
      severity,
      field,
      message,
      firstSeenAt,
      lastSeenAt,
      goneAt,
      seenAt,
    } = conflict
    this.#cache.run(
      `INSERT INTO conflict (server_id, key, identity, connector_key, kind, severity, field, message, raw, first_seen_at, last_seen_at, gone_at, seen_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, 'null'), ?, ?, ?, ?)
       ON CONFLICT (server_id, key, identity) DO UPDATE SET first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at,
         gone_at = excluded.gone_at, seen_at = excluded.seen_at, raw = coalesce(?, raw)`,
      serverId,
      key,
      identity,
      connectorKey,
      kind,
      severity,
      field,
      message,
      raw,
      firstSeenAt,
      lastSeenAt,
      goneAt,
      seenAt,
      raw,
    )
  }
}
