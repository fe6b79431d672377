import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { cacheMigrations } from './cache-schema.ts'
import { applyMigrations, pendingMigrations, type Migration } from './migrate.ts'
import { stateMigrations } from './state-schema.ts'

/**
 * Opens `state.db`, creating or migrating it; before a migration the file is copied to `….before-migration`.
 * Throws, leaving the file as it is, when it is damaged or newer than this version.
 */
export function openStateDatabase(path: string, now: number): DatabaseSync {
  const isNew = !existsSync(path)
  const database = connect(path, 'FULL')
  try {
    check(database)
    const pending = pendingMigrations(database, stateMigrations)
    if (pending.length > 0 && !isNew) {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      copyFileSync(path, `${path}.before-migration`)
    }
    applyMigrations(database, pending, now)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A cache that could not be used, and where its file was put. */
export interface SetAside {
  readonly reason: string
  readonly movedTo: string
}

/** Opens `cache.db`. One that cannot be opened, checked or migrated is moved aside and an empty one begun. */
export function openCacheDatabase(path: string, now: number): { database: DatabaseSync; setAside: SetAside | null } {
  try {
    return { database: openCache(path, cacheMigrations, now), setAside: null }
  } catch (error) {
    const movedTo = `${path}.set-aside-${now}`
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, movedTo + suffix)
    }
    const reason = error instanceof Error ? error.message : String(error)
    return { database: openCache(path, cacheMigrations, now), setAside: { reason, movedTo } }
  }
}

function openCache(path: string, migrations: readonly Migration[], now: number): DatabaseSync {
  const database = connect(path, 'NORMAL')
  try {
    check(database)
    applyMigrations(database, pendingMigrations(database, migrations), now)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function connect(path: string, synchronous: 'FULL' | 'NORMAL'): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 })
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function check(database: DatabaseSync): void {
  const problem = checkDatabase(database, 'quick_check')
  if (problem !== '') throw new Error(`The database is damaged: ${problem}`)
}

/** The first thing that SQLite finds wrong with a database; empty for nothing. */
export function checkDatabase(database: DatabaseSync, how: 'quick_check' | 'integrity_check'): string {
  const row = database.prepare(`PRAGMA ${how}(1)`).get() as Record<string, string> | undefined
  const said = Object.values(row ?? {})[0] ?? 'no answer'
  return said === 'ok' ? '' : said
}
