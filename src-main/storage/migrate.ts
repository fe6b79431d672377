import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

/** One step of a schema. Once released, its text never changes: its hash is stored and compared. */
export interface Migration {
  readonly number: number
  readonly sql: string
}

/** The file was written by a newer Syncdeck; it has not been touched. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError'
}

const hashOf = (sql: string): string => createHash('sha256').update(sql).digest('hex')

/**
 * The numbers of migrations that `database` still lacks. Throws when it is newer than, or differs from, `migrations`.
 */
export function pendingMigrations(database: DatabaseSync, migrations: readonly Migration[]): Migration[] {
  database.exec(
    'CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
  )
  const applied = database.prepare('SELECT number, hash FROM migration ORDER BY number').all() as {
    number: number
    hash: string
  }[]
  const known = new Map(migrations.map((migration) => [migration.number, migration]))
  for (const { number, hash } of applied) {
    const migration = known.get(number)
    if (migration === undefined) throw new SchemaTooNewError(`The database has schema ${number}, which is newer`)
    if (hashOf(migration.sql) !== hash)
      throw new Error(`Schema step ${number} of the database differs from this version's`)
  }
  const done = new Set(applied.map(({ number }) => number))
  return migrations.filter(({ number }) => !done.has(number))
}

/** Applies `pending`, each in a transaction of its own. */
export function applyMigrations(database: DatabaseSync, pending: readonly Migration[], now: number): void {
  for (const { number, sql } of pending) {
    inTransaction(database, () => {
      database.exec(sql)
      database
        .prepare('INSERT INTO migration (number, hash, applied_at) VALUES (?, ?, ?)')
        .run(number, hashOf(sql), now)
    })
  }
}

/** Runs `work` in one transaction: all of it is stored, or, when it throws, nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
