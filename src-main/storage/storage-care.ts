import { renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { backup, type DatabaseSync } from 'node:sqlite'
import { message, sentencesOf, type Message } from '#contract/messages/message.ts'
import type { StorageInfo } from '#contract/storage.ts'
import type { Clock } from '../clock.ts'
import type { CacheDatabase } from './cache-database.ts'
import { checkDatabase } from './check-database.ts'
import { backupsIn } from './state-copies.ts'

const KEPT_BACKUPS = 5

export interface StorageCareOptions {
  readonly folder: string
  readonly state: DatabaseSync
  readonly cache: CacheDatabase
  readonly cacheDatabase: DatabaseSync
  readonly clock: Pick<Clock, 'now'>
}

/** Sizes, checks and copies of the databases. */
export class StorageCare {
  readonly #options: StorageCareOptions

  constructor(options: StorageCareOptions) {
    this.#options = options
  }

  info(): StorageInfo {
    const { folder, state, cache } = this.#options
    const count = (table: string): number =>
      Number((state.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count)
    const cached = (table: string): number =>
      cache.get<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)?.count ?? 0
    return {
      folder,
      stateBytes: this.#bytes('state.db'),
      cacheBytes: this.#bytes('cache.db'),
      backups: backupsIn(folder),
      counts: {
        synchronizations: cached('synchronization'),
        conflicts: cached('conflict'),
        transitions: cached('transition'),
        auditEntries: count('audit_attempt'),
        tasks: count('task'),
      },
      problem: cache.problem,
    }
  }

  /** Checks both databases: returns what is wrong, or null if nothing is. */
  check(): Message | null {
    const { state, cacheDatabase } = this.#options
    const unsound = (name: string, database: DatabaseSync): Message | null => {
      const problem = checkDatabase(database, 'integrity_check')
      return problem === '' ? null : message('errors.storage.unsound', { name, problem })
    }
    return sentencesOf(unsound('state.db', state), unsound('cache.db', cacheDatabase))
  }

  /**
   * Copies `state.db` while it is in use, a few pages at a time (SQLite's online backup), and keeps the last few
   * copies. Resolves with the copy's name. An unfinished copy is not left under that name.
   */
  async backup(): Promise<string> {
    const { folder, state, clock } = this.#options
    const name = `state.backup-${clock.now()}.db`
    const unfinished = join(folder, `${name}.unfinished`)
    try {
      await backup(state, unfinished)
      renameSync(unfinished, join(folder, name))
    } finally {
      rmSync(unfinished, { force: true })
    }
    for (const old of backupsIn(folder).slice(KEPT_BACKUPS)) rmSync(join(folder, old.name), { force: true })
    return name
  }

  /** When the newest copy was made, epoch ms; null if there is none. */
  get lastBackupAt(): number | null {
    return backupsIn(this.#options.folder)[0]?.at ?? null
  }

  #bytes(name: string): number {
    return ['', '-wal'].reduce(
      (sum, suffix) =>
        sum + (statSync(join(this.#options.folder, name + suffix), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
  }
}
