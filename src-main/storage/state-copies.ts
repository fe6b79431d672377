import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkDatabase, openImmutable } from './check-database.ts'
import { pendingMigrations } from './migrate.ts'
import { stateMigrations } from './state-schema.ts'

const BACKUP_NAME = /^state\.backup-(\d+)\.db$/
const BEFORE_MIGRATION = 'state.db.before-migration'

/** A copy of `state.db`, made at `at` (epoch ms). */
export interface StateCopy {
  readonly name: string
  readonly at: number
  readonly bytes: number
}

/** The copies that are made each day and at the user's request, newest first. */
export function backupsIn(folder: string): StateCopy[] {
  return stateCopies(folder).filter(({ name }) => BACKUP_NAME.test(name))
}

/** Every copy of `state.db` in its folder, including that from before the last migration, newest first. */
export function stateCopies(folder: string): StateCopy[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((name): StateCopy[] => {
      const made = BACKUP_NAME.exec(name)?.[1]
      if (made === undefined && name !== BEFORE_MIGRATION) return []
      const { size, mtimeMs } = statSync(join(folder, name))
      return [{ name, at: made === undefined ? Math.round(mtimeMs) : Number(made), bytes: size }]
    })
    .sort((a, b) => b.at - a.at)
}

/** The newest intact copy that this version can read; null if there is none. Looking for it changes nothing. */
export function newestGoodCopy(folder: string): StateCopy | null {
  return stateCopies(folder).find(({ name }) => isGood(join(folder, name))) ?? null
}

function isGood(path: string): boolean {
  try {
    const database = openImmutable(path)
    try {
      return (
        checkDatabase(database, 'quick_check') === '' &&
        pendingMigrations(database, stateMigrations).length < stateMigrations.length
      )
    } finally {
      database.close()
    }
  } catch {
    // Damaged, newer, or unreadable: it is not offered.
    return false
  }
}

/**
 * Puts a copy in the place of `state.db`, whose files are set aside first. Whenever it is interrupted, the next start
 * finds either the old files, or none but the copies, or the copy in its place.
 */
export function restoreCopy(path: string, copy: StateCopy, now: number): void {
  const unfinished = `${path}.unfinished`
  copyFileSync(join(dirname(path), copy.name), unfinished)
  const file = openSync(unfinished, 'r+')
  fsyncSync(file)
  closeSync(file)
  setAside(path, now)
  renameSync(unfinished, path)
}

/**
 * Makes way for an empty `state.db`: its files are set aside, and its copies are kept where the daily ones do not
 * replace them. The cache, which is about its servers, is set aside too, and last, so that the next start asks again if
 * this is interrupted.
 */
export function setAsideState(path: string, now: number): void {
  setAside(path, now)
  for (const { name } of stateCopies(dirname(path))) {
    const copy = join(dirname(path), name)
    renameSync(copy, freeName(copy, now))
  }
  setAside(join(dirname(path), 'cache.db'), now)
}

/**
 * A `-wal` moves with its file: beside another one it would be deleted. The file moves first: if this is interrupted,
 * the next start finds it missing, and asks again.
 */
function setAside(path: string, now: number): void {
  const target = freeName(path, now)
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix)
  }
}

function freeName(path: string, now: number): string {
  let at = now
  while (['', '-wal'].some((suffix) => existsSync(`${path}.set-aside-${at}${suffix}`))) at += 1
  return `${path}.set-aside-${at}`
}
