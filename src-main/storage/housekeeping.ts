import type { Settings } from '#contract/settings.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logging/logger.ts'

const FIRST_AFTER_MS = 60_000
const EVERY_MS = 60 * 60_000
const DAY_MS = 86_400_000
/** Rows removed at once, and the pause after them: pruning a year must not be felt. */
const CHUNK = 500
const PAUSE_MS = 50

export interface HousekeepingOptions {
  readonly clock: Clock
  readonly settings: () => Settings
  readonly logger: Logger
  readonly pruneTransitions: (before: number, limit: number) => number
  readonly pruneConflicts: (before: number, limit: number) => number
  readonly pruneNotifications: (before: number) => void
  readonly pruneSnoozes: () => void
  readonly lastBackupAt: () => number | null
  readonly backup: () => Promise<unknown>
}

/** What is done once an hour: removing what is older than the user wants to keep, and a daily copy of `state.db`. */
export class Housekeeping {
  readonly #options: HousekeepingOptions
  #cancel: (() => void) | null = null

  constructor(options: HousekeepingOptions) {
    this.#options = options
  }

  start(): void {
    this.#plan(FIRST_AFTER_MS, () => this.#begin())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  #begin(): void {
    const { clock, settings, pruneNotifications, pruneSnoozes, lastBackupAt, backup } = this.#options
    const { notificationDays } = settings()
    pruneNotifications(clock.now() - notificationDays * DAY_MS)
    pruneSnoozes()
    const last = lastBackupAt()
    if (last === null || Math.abs(clock.now() - last) > DAY_MS)
      void backup().catch((error: unknown) => this.#note('backup not made', error))
    this.#prune()
  }

  /** One chunk of each kind; goes on soon while there is more, and in an hour when there is not. */
  #prune(): void {
    const { clock, settings, pruneTransitions, pruneConflicts } = this.#options
    const { historyDays, goneConflictDays } = settings()
    const transitions = pruneTransitions(clock.now() - historyDays * DAY_MS, CHUNK)
    const conflicts = pruneConflicts(clock.now() - goneConflictDays * DAY_MS, CHUNK)
    if (transitions === CHUNK || conflicts === CHUNK) this.#plan(PAUSE_MS, () => this.#prune())
    else this.#plan(EVERY_MS, () => this.#begin())
  }

  #plan(delayMs: number, run: () => void): void {
    this.#cancel?.()
    this.#cancel = this.#options.clock.after(delayMs, () => {
      try {
        run()
      } catch (error) {
        // A full disk takes no removal either; it is tried again with the next hour.
        this.#note('housekeeping broke off', error)
        this.#plan(EVERY_MS, () => this.#begin())
      }
    })
  }

  #note(what: string, error: unknown): void {
    this.#options.logger.write('warn', what, { reason: error instanceof Error ? error.message : String(error) })
  }
}
