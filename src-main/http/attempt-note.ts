import type { Clock } from '../clock.ts'
import type { AppError } from '../errors/app-error.ts'
import type { StoredBlock } from '../storage/server-table.ts'

/** Stores the gate's block, so that it is still closed after a restart. */
export interface BlockStore {
  load(): StoredBlock | null
  /** Why it could not be stored, such as a full disk; null if it was. It applies in memory in any case. */
  save(block: StoredBlock | null): AppError | null
}

/**
 * A password sent with every request is recorded when the first leaves. The record is removed once none has been sent
 * for this long.
 */
const PAUSE_MS = 5_000
/** If a note cannot be removed, as on a full disk, this is retried after this time and when Syncdeck quits. */
const TRY_AGAIN_MS = 60_000

/**
 * Records that a log-in is under way, in place of a block: if Syncdeck is killed in the meantime, the next start finds
 * the gate closed. The note is removed once the log-in is known to have done no harm.
 */
export class AttemptNote {
  readonly #store: BlockStore
  readonly #clock: Pick<Clock, 'after'>
  readonly #isUnderWay: () => boolean
  #isThere = false
  #cancel: () => void = () => undefined

  constructor(options: { store: BlockStore; clock: Pick<Clock, 'after'>; isUnderWay: () => boolean }) {
    this.#store = options.store
    this.#clock = options.clock
    this.#isUnderWay = options.isUnderWay
  }

  /**
   * To be called before an attempt leaves: one that is noted may therefore never have been sent. A note that is there
   * already counts for this attempt as well. Returns why it could not be stored; null if it could.
   */
  write(note: StoredBlock): AppError | null {
    this.#cancel()
    if (this.#isThere) return null
    const problem = this.#store.save(note)
    this.#isThere = problem === null
    return problem
  }

  /** Removes it and, with `isTrial`, the block that the user's attempt was to lift. */
  remove(isTrial: boolean): void {
    this.#cancel()
    if (!isTrial && !this.#isThere) return
    this.#isThere = this.#store.save(null) !== null
    // If it stayed, an accepted log-in would close the gate at the next start.
    if (this.#isThere) this.#cancel = this.#clock.after(TRY_AGAIN_MS, () => this.rest())
  }

  removeLater(): void {
    this.#cancel()
    if (this.#isThere) this.#cancel = this.#clock.after(PAUSE_MS, () => this.rest())
  }

  /** Removes it now, unless a log-in is under way. */
  rest(): void {
    this.#cancel()
    if (this.#isThere && !this.#isUnderWay()) this.remove(false)
  }

  /** Replaces it with a block, or with none. */
  replace(block: StoredBlock | null): void {
    this.#cancel()
    this.#isThere = false
    this.#store.save(block)
  }
}
