import type { Clock } from '../clock.ts'
import type { StoredBlock } from '../storage/server-table.ts'

/** Where the gate keeps its block, so that a restart finds it closed. */
export interface BlockStore {
  load(): StoredBlock | null
  /** False where it could not be stored, as on a full disk: it holds in memory all the same. */
  save(block: StoredBlock | null): boolean
}

/** A password that goes with every request is not noted and taken away for each: once when they begin, once when they are over for so long. */
const PAUSE_MS = 5_000
/** A note that could not be taken away, as from a full disk, is tried again after this long, and at the end. */
const TRY_AGAIN_MS = 60_000

/**
 * The note, in place of a block, that a log-in is under way: should Syncdeck end in its middle, the next start finds the gate closed.
 * Once the log-in is known to have done no harm, it is taken away.
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

  /** Before an attempt leaves; one that is there counts for this attempt as well. */
  write(note: StoredBlock): void {
    this.#cancel()
    if (!this.#isThere) this.#isThere = this.#store.save(note)
  }

  /** Takes it away, and with `isTrial` the block that the user's attempt was up against. */
  remove(isTrial: boolean): void {
    this.#cancel()
    if (!isTrial && !this.#isThere) return
    this.#isThere = !this.#store.save(null)
    // Left behind, it would close the gate of the next start for a log-in that was accepted.
    if (this.#isThere) this.#cancel = this.#clock.after(TRY_AGAIN_MS, () => this.rest())
  }

  removeLater(): void {
    this.#cancel()
    if (this.#isThere) this.#cancel = this.#clock.after(PAUSE_MS, () => this.rest())
  }

  /** Takes it away now, unless a log-in is under way. */
  rest(): void {
    this.#cancel()
    if (this.#isThere && !this.#isUnderWay()) this.remove(false)
  }

  /** A block, or none, takes its place. */
  replace(block: StoredBlock | null): void {
    this.#cancel()
    this.#isThere = false
    this.#store.save(block)
  }
}
