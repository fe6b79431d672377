import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CacheDatabase } from '../../src-main/storage/cache-database.ts'
import { openCacheDatabase } from '../../src-main/storage/open-database.ts'
import { SynchronizationTable, type CachedSynchronization } from '../../src-main/storage/synchronization-table.ts'
import { figureOf, type Figure } from './figure.ts'
import type { Scale } from './scale.ts'

/** Status upserts through the cache, against the same by bare prepared statements. */
export async function benchStore({ store: { rows: count }, rounds }: Scale): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'syncdeck-bench-store-'))
  const { database } = openCacheDatabase(join(folder, 'cache.db'), 1)
  const table = new SynchronizationTable(new CacheDatabase(database))
  const raw = new DatabaseSync(join(folder, 'raw.db'))
  raw.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE synchronization (server_id TEXT NOT NULL, key TEXT NOT NULL, item TEXT NOT NULL, item_read_at INTEGER NOT NULL,
      status TEXT, status_read_at INTEGER, state_since INTEGER, is_live INTEGER NOT NULL, PRIMARY KEY (server_id, key)) STRICT, WITHOUT ROWID`)
  const upsert =
    raw.prepare(`INSERT INTO synchronization (server_id, key, item, item_read_at, status, status_read_at, state_since, is_live)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (server_id, key) DO UPDATE SET item = excluded.item, item_read_at = excluded.item_read_at,
    status = excluded.status, status_read_at = excluded.status_read_at, state_since = excluded.state_since, is_live = excluded.is_live`)
  const rowsOf = (round: number): CachedSynchronization[] =>
    Array.from({ length: count }, (_, index) => ({
      serverId: 's',
      key: `INT-${index}`,
      item: JSON.stringify({ integrationKey: `INT-${index}`, summary: 'x'.repeat(300) }),
      itemReadAt: round,
      status: JSON.stringify({ status: 'RUNNING', round }),
      statusReadAt: round,
      stateSince: round,
      isSinceSeen: 1 as const,
      isLive: 1,
    }))
  const measured = []
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const rows = rowsOf(round)
      const begin = performance.now()
      raw.exec('BEGIN IMMEDIATE')
      for (const row of rows)
        upsert.run(
          row.serverId,
          row.key,
          row.item,
          row.itemReadAt,
          row.status,
          row.statusReadAt,
          row.stateSince,
          row.isLive,
        )
      raw.exec('COMMIT')
      const rawMs = performance.now() - begin
      const beginOwn = performance.now()
      table.store('s', rows, [])
      const ms = performance.now() - beginOwn
      // The first round fills both.
      if (round > 0) measured.push({ value: ms / rawMs, absolute: { ms, rawMs } })
    }
  } finally {
    raw.close()
    database.close()
    rmSync(folder, { recursive: true })
  }
  return [
    figureOf(
      {
        key: 'store.ratioToRaw',
        work: `${count.toLocaleString('en')} status upserts, ÷ bare prepared statements`,
        unit: '×',
        reach: { most: 1.5 },
      },
      measured,
    ),
  ]
}
