import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { inTransaction } from './migrate.ts'

/** What a server said about one synchronization, as JSON texts with the time of each reading in epoch ms. */
export interface CachedSynchronization {
  readonly serverId: string
  readonly key: string
  readonly item: string
  readonly itemReadAt: number
  readonly status: string | null
  readonly statusReadAt: number | null
}

export interface CachedDetail {
  readonly detail: string
  readonly readAt: number
}

/** Synchronizations in `cache.db`. */
export class SynchronizationTable {
  readonly #database: DatabaseSync
  readonly #upsert: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#upsert = database.prepare(
      `INSERT INTO synchronization (server_id, key, item, item_read_at, status, status_read_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (server_id, key) DO UPDATE SET item = excluded.item, item_read_at = excluded.item_read_at,
         status = excluded.status, status_read_at = excluded.status_read_at`,
    )
  }

  all(): CachedSynchronization[] {
    return this.#database
      .prepare(
        `SELECT server_id AS serverId, key, item, item_read_at AS itemReadAt, status, status_read_at AS statusReadAt
         FROM synchronization`,
      )
      .all() as unknown as CachedSynchronization[]
  }

  /** Stores one reading of a server in one transaction: rows to put, keys that the server no longer has. */
  store(serverId: string, put: readonly CachedSynchronization[], removedKeys: readonly string[]): void {
    inTransaction(this.#database, () => {
      for (const row of put) {
        this.#upsert.run(row.serverId, row.key, row.item, row.itemReadAt, row.status, row.statusReadAt)
      }
      const remove = this.#database.prepare('DELETE FROM synchronization WHERE server_id = ? AND key = ?')
      for (const key of removedKeys) remove.run(serverId, key)
    })
  }

  /** The time of the last complete reading of each server. */
  readings(): Map<string, number> {
    const rows = this.#database.prepare('SELECT server_id AS serverId, read_at AS readAt FROM reading').all() as {
      serverId: string
      readAt: number
    }[]
    return new Map(rows.map(({ serverId, readAt }) => [serverId, readAt]))
  }

  setReading(serverId: string, readAt: number): void {
    this.#database.prepare('INSERT OR REPLACE INTO reading (server_id, read_at) VALUES (?, ?)').run(serverId, readAt)
  }

  detail(serverId: string, key: string): CachedDetail | null {
    const row = this.#database
      .prepare('SELECT detail, detail_read_at AS readAt FROM synchronization WHERE server_id = ? AND key = ?')
      .get(serverId, key) as { detail: string | null; readAt: number | null } | undefined
    return row?.detail != null && row.readAt !== null ? { detail: row.detail, readAt: row.readAt } : null
  }

  setDetail(serverId: string, key: string, { detail, readAt }: CachedDetail): void {
    this.#database
      .prepare('UPDATE synchronization SET detail = ?, detail_read_at = ? WHERE server_id = ? AND key = ?')
      .run(detail, readAt, serverId, key)
  }

  removeServer(serverId: string): void {
    inTransaction(this.#database, () => {
      this.#database.prepare('DELETE FROM synchronization WHERE server_id = ?').run(serverId)
      this.#database.prepare('DELETE FROM reading WHERE server_id = ?').run(serverId)
    })
  }
}
