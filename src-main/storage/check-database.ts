import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

/** The first thing that SQLite finds wrong with a database; empty if there is none. */
export function checkDatabase(database: DatabaseSync, how: 'quick_check' | 'integrity_check'): string {
  const row = database.prepare(`PRAGMA ${how}(1)`).get() as Record<string, string> | undefined
  const result = Object.values(row ?? {})[0] ?? 'no answer'
  return result === 'ok' ? '' : result
}

/** Opens a database that nobody writes to, without its `-wal`: nothing is changed, or created beside it. */
export function openImmutable(path: string): DatabaseSync {
  const url = pathToFileURL(path)
  url.search = 'immutable=1'
  return new DatabaseSync(url, { readOnly: true })
}

const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

/** Whether SQLite says that the file is at fault, and not the disk or its permissions. */
export function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB
}
