import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCacheDatabase, openStateDatabase } from '../../src-main/storage/open-database.ts'
import { lastingFolder } from './scratch.ts'

let made: ReadonlyMap<string, Buffer> | null = null

/**
 * Puts both databases, as they are begun, into a folder that is new or empty; leaves any other. To begin them takes a
 * dozen milliseconds, of which the specs need thousands: they are begun once per process, and copied.
 */
export function layNewDatabases(folder: string): void {
  mkdirSync(folder, { recursive: true })
  if (readdirSync(folder).length > 0) return
  made ??= newDatabases()
  for (const [name, bytes] of made) writeFileSync(join(folder, name), bytes)
}

function newDatabases(): ReadonlyMap<string, Buffer> {
  const { path, remove } = lastingFolder()
  try {
    openStateDatabase(join(path, 'state.db'), 0).close()
    openCacheDatabase(join(path, 'cache.db'), 0).database.close()
    return new Map(readdirSync(path).map((name) => [name, readFileSync(join(path, name))]))
  } finally {
    remove()
  }
}
