import { closeSync, fdatasync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'

const toDisk = promisify(fdatasync)

/**
 * Commits without waiting for the disk, as for what is stored with each step of a task, dozens of times a second. A
 * crash of Syncdeck loses nothing of it; one of the machine may, unless `StateDisk.reached` was waited for. Within a
 * transaction, that transaction decides.
 */
export function withoutSync<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work()
  database.exec('PRAGMA synchronous = NORMAL')
  try {
    return work()
  } finally {
    database.exec('PRAGMA synchronous = FULL')
  }
}

/**
 * Tells when `state.db` is on the disk. SQLite waits for it on the calling thread, which is the window's, once for each
 * commit; here, one wait in another thread is enough for everything committed before it. The `-wal` contains all
 * commits, each with a checksum, until a checkpoint has brought them into the database, for which SQLite waits in any
 * case (https://www.sqlite.org/wal.html).
 */
export class StateDisk {
  readonly #path: string
  readonly #syncFile: (file: number) => Promise<void>
  #file: number | null = null
  #isClosed = false
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null

  /** `path`: of the database, which is open. `sync` resolves when what was written to a file is on the disk. */
  constructor(path: string, sync: (file: number) => Promise<void> = toDisk) {
    this.#path = path
    this.#syncFile = sync
  }

  /** Resolves when everything committed before this call is on the disk. Rejects if the disk fails. */
  reached(): Promise<void> {
    if (this.#running === null) return this.#start()
    // The sync in progress may have begun before the latest commit; callers that come meanwhile share the next one.
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        return this.#start()
      })
    return this.#next
  }

  /** To be called before the database is closed, which removes the `-wal`. */
  close(): void {
    this.#isClosed = true
    if (this.#file !== null && this.#running === null) this.#release()
  }

  #start(): Promise<void> {
    const running = this.#sync().finally(() => {
      this.#running = null
      if (this.#isClosed) this.#release()
    })
    this.#running = running
    return running
  }

  async #sync(): Promise<void> {
    this.#file ??= openSync(`${this.#path}-wal`, 'r+')
    await this.#syncFile(this.#file)
  }

  #release(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }
}
