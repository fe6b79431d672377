import type { ServerId } from '#contract/ids.ts'
import type { CacheDatabase } from './cache-database.ts'

/** What a server said about one synchronization, as JSON texts with the time of each reading in epoch ms. */
export interface CachedSynchronization {
  readonly serverId: ServerId
  readonly key: string
  readonly item: string
  readonly itemReadAt: number
  readonly status: string | null
  readonly statusReadAt: number | null
  /** Since when it is in its state; null if that is not known. */
  readonly stateSince: number | null
  /** 1: it was seen to enter that state. */
  readonly isSinceSeen: 0 | 1
  /** 1: it took part in its server's last reading, and is as old as that. */
  readonly isLive: 0 | 1
}

export interface CachedDetail {
  readonly detail: string
  readonly readAt: number
}

/** Synchronizations in `cache.db`, and the objects that their panels show. */
export class SynchronizationTable {
  readonly #cache: CacheDatabase

  constructor(cache: CacheDatabase) {
    this.#cache = cache
  }

  all(): Iterable<CachedSynchronization> {
    return this.#cache.each(
      `SELECT server_id AS serverId, key, item, item_read_at AS itemReadAt, status, status_read_at AS statusReadAt,
         state_since AS stateSince, is_since_seen AS isSinceSeen, is_live AS isLive FROM synchronization`,
    )
  }

  /** Stores one reading of a server in one transaction: rows to put, and keys that the server no longer has. */
  store(serverId: ServerId, put: readonly CachedSynchronization[], removedKeys: readonly string[]): void {
    this.#cache.write(() => {
      for (const row of put) {
        this.#cache.run(
          `INSERT INTO synchronization (server_id, key, item, item_read_at, status, status_read_at, state_since,
             is_since_seen, is_live)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (server_id, key) DO UPDATE SET item = excluded.item, item_read_at = excluded.item_read_at, status = excluded.status,
             status_read_at = excluded.status_read_at, state_since = excluded.state_since,
             is_since_seen = excluded.is_since_seen, is_live = excluded.is_live`,
          row.serverId,
          row.key,
          row.item,
          row.itemReadAt,
          row.status,
          row.statusReadAt,
          row.stateSince,
          row.isSinceSeen,
          row.isLive,
        )
      }
      for (const key of removedKeys) {
        this.#cache.run('DELETE FROM synchronization WHERE server_id = ? AND key = ?', serverId, key)
        this.#cache.run('DELETE FROM detail WHERE server_id = ? AND key = ?', serverId, key)
      }
    })
  }

  /** The time of the last complete reading of each server. */
  readings(): Map<string, number> {
    const rows = this.#cache.all<{ serverId: ServerId; readAt: number }>(
      'SELECT server_id AS serverId, read_at AS readAt FROM reading',
    )
    return new Map(rows.map(({ serverId, readAt }) => [serverId, readAt]))
  }

  setReading(serverId: ServerId, readAt: number): void {
    this.#cache.write(() =>
      this.#cache.run('INSERT OR REPLACE INTO reading (server_id, read_at) VALUES (?, ?)', serverId, readAt),
    )
  }

  detail(serverId: ServerId, key: string): CachedDetail | null {
    const row = this.#cache.get<CachedDetail>(
      'SELECT detail, read_at AS readAt FROM detail WHERE server_id = ? AND key = ?',
      serverId,
      key,
    )
    return row ?? null
  }

  setDetail(serverId: ServerId, key: string, { detail, readAt }: CachedDetail): void {
    this.#cache.write(() => {
      const isSame = this.#cache.run(
        'UPDATE detail SET read_at = ? WHERE server_id = ? AND key = ? AND detail = ?',
        readAt,
        serverId,
        key,
        detail,
      )
      if (isSame === 0) {
        this.#cache.run(
          'INSERT OR REPLACE INTO detail (server_id, key, detail, read_at) VALUES (?, ?, ?, ?)',
          serverId,
          key,
          detail,
          readAt,
        )
      }
    })
  }

  removeServer(serverId: ServerId): void {
    this.#cache.write(() => {
      this.#cache.run('DELETE FROM synchronization WHERE server_id = ?', serverId)
      this.#cache.run('DELETE FROM detail WHERE server_id = ?', serverId)
      this.#cache.run('DELETE FROM reading WHERE server_id = ?', serverId)
      this.#cache.run('DELETE FROM delivery WHERE server_id = ?', serverId)
    })
  }
}
