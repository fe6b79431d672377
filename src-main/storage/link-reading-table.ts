import type { CacheDatabase } from './cache-database.ts'

/** The links of a connector as last read, JSON and epoch ms. */
export interface LinkReading {
  readonly raw: string
  readonly readAt: number
}

/** Links of issues in `cache.db`. */
export class LinkReadingTable {
  readonly #cache: CacheDatabase

  constructor(cache: CacheDatabase) {
    this.#cache = cache
  }

  get(serverId: string, connectorKey: string): LinkReading | null {
    return this.#cache.get<LinkReading>('SELECT raw, read_at AS readAt FROM link_reading WHERE server_id = ? AND connector_key = ?', serverId, connectorKey) ?? null
  }

  put(serverId: string, connectorKey: string, { raw, readAt }: LinkReading): void {
    this.#cache.write(() =>
      this.#cache.run('INSERT OR REPLACE INTO link_reading (server_id, connector_key, read_at, raw) VALUES (?, ?, ?, ?)', serverId, connectorKey, readAt, raw),
    )
  }

  removeServer(serverId: string): void {
    this.#cache.write(() => this.#cache.run('DELETE FROM link_reading WHERE server_id = ?', serverId))
  }
}
