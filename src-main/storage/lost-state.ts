import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isDamage, openImmutable } from './check-database.ts'
import { stateCopies } from './state-copies.ts'

/** What happened to `state.db`. */
export type LostState = 'missing' | 'empty' | 'without tables' | 'damaged'

/** `state.db` is not what it was, although there is, or was, something to lose. Its files are as they were found. */
export class StateLostError extends Error {
  override readonly name = 'StateLostError'
  readonly found: LostState

  constructor(found: LostState, cause?: unknown) {
    super(`state.db is ${found}`, { cause })
    this.found = found
  }
}

/**
 * Throws `StateLostError` if opening `state.db` would quietly begin an empty one: the file is missing, empty or has no
 * tables, but copies of it, a `-wal` that belonged to it, or `cache.db` are there. Call before SQLite opens the file:
 * it deletes a `-wal` beside an empty file. If there is nothing but the file, no start of Syncdeck ever finished:
 * `cache.db` is created after it.
 */
export function refuseLostState(path: string): void {
  const size = sizeOf(path)
  const hasWal = (sizeOf(`${path}-wal`) ?? 0) > 0
  const hasCache = sizeOf(join(dirname(path), 'cache.db')) !== null
  if (!hasWal && !hasCache && stateCopies(dirname(path)).length === 0) return
  if (size === null) throw new StateLostError('missing')
  if (size === 0) throw new StateLostError('empty')
  if (!hasSchema(path, 'without its -wal') && !(hasWal && hasSchemaInWal(path)))
    throw new StateLostError('without tables')
}

/** Whether at least one step of the schema is in a file. A damaged file counts as having it: opening it will tell. */
function hasSchema(path: string, how: 'without its -wal' | 'with its -wal'): boolean {
  try {
    const database = how === 'with its -wal' ? new DatabaseSync(path) : openImmutable(path)
    try {
      const hasTable = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migration'").get() !== undefined
      return hasTable && database.prepare('SELECT 1 FROM migration').get() !== undefined
    } finally {
      database.close()
    }
  } catch (error) {
    if (isDamage(error)) return true
    throw error
  }
}

/** Everything may still be in the `-wal`. Looking changes files, so a copy of both is looked at. */
function hasSchemaInWal(path: string): boolean {
  const folder = mkdtempSync(join(dirname(path), 'state-looked-at-'))
  try {
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, join(folder, basename(path) + suffix))
    return hasSchema(join(folder, basename(path)), 'with its -wal')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null
}
