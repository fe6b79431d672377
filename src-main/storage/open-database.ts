import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { cacheMigrations } from './cache-schema.ts'
import { checkDatabase, isDamage } from './check-database.ts'
import { refuseLostState, StateLostError } from './lost-state.ts'
import { applyMigrations, pendingMigrations, type Migration } from './migrate.ts'
import { stateMigrations } from './state-schema.ts'

/**
 * Opens `state.db`, creating or migrating it; before a migration the file is copied to `….before-migration`. Throws,
 * leaving the file as it is, `StateLostError` if it is damaged, or gone although copies of it or a `-wal` exist, and
 * `SchemaTooNewError`.
 */
export function openStateDatabase(path: string, now: number): DatabaseSync {
  refuseLostState(path)
  try {
    if (!existsSync(path)) begin(path, now)
    return migrated(connect(path, 'FULL'), path, now)
  } catch (error) {
    throw isDamage(error) || error instanceof DamagedError ? new StateLostError('damaged', error) : error
  }
}

/** The file has its tables from the first moment, whenever Syncdeck is killed: one without tables has lost them. */
function begin(path: string, now: number): void {
  const begun = `${path}.begun`
  // Remains of a start that was killed.
  for (const suffix of ['', '-wal', '-shm']) rmSync(begun + suffix, { force: true })
  const database = connect(begun, 'FULL')
  try {
    applyMigrations(database, pendingMigrations(database, stateMigrations), now)
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } finally {
    database.close()
  }
  renameSync(begun, path)
}

function migrated(database: DatabaseSync, path: string, now: number): DatabaseSync {
  try {
    check(database)
    const pending = pendingMigrations(database, stateMigrations)
    if (pending.length > 0) {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      copyFileSync(path, `${path}.before-migration`)
    }
    applyMigrations(database, pending, now)
    if (pending.length > 0) database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
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

/** Opens `cache.db`. One that cannot be opened, checked or migrated is moved aside, and an empty one is created. */
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

class DamagedError extends Error {
  override readonly name = 'DamagedError'
}

function check(database: DatabaseSync): void {
  const problem = checkDatabase(database, 'quick_check')
  if (problem !== '') throw new DamagedError(`The database is damaged: ${problem}`)
}
