import type { Settings } from '#contract/settings.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logging/logger.ts'
import type { StorageCare } from './storage-care.ts'

const FIRST_AFTER_MS = 60_000
const EVERY_MS = 60 * 60_000
const DAY_MS = 86_400_000
/** How long the result of a job is kept, the copies made before it, and a plan that nobody started. */
const JOB_DAYS = 90
/**
 * How long tags and notes are kept for a synchronization that is in no list: it may come back with a restored server.
 */
const NOTE_DAYS = 365
/** Rows removed at once, and the pause after them: nobody must notice when a year is pruned. */
const CHUNK = 500
const PAUSE_MS = 50

/** Removes at most `limit` rows that are older than `before`, epoch ms; returns how many. */
interface Pruned {
  prune(before: number, limit: number): number
}

/** Folders above the storage are known only by these methods. */
export interface HousekeepingOptions {
  readonly clock: Clock
  readonly settings: { get(): Settings }
  readonly logger: Logger
  readonly transitions: Pruned
  readonly conflicts: Pruned
  readonly notifications: { prune(before: number): void }
  readonly snoozes: { prune(): void }
  readonly jobs: { prune(before: number): void }
  readonly notes: { prune(before: number): void }
  readonly snapshots: { prune(before: number): void }
  readonly storageCare: Pick<StorageCare, 'lastBackupAt' | 'backup'>
}

/** Runs once an hour: removing what is older than the user wants to keep, and a daily copy of `state.db`. */
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
    const { clock, settings, notifications, snoozes, jobs, notes, snapshots, storageCare } = this.#options
    const { notificationDays } = settings.get()
    notifications.prune(clock.now() - notificationDays * DAY_MS)
    snoozes.prune()
    jobs.prune(clock.now() - JOB_DAYS * DAY_MS)
    snapshots.prune(clock.now() - JOB_DAYS * DAY_MS)
    notes.prune(clock.now() - NOTE_DAYS * DAY_MS)
    const last = storageCare.lastBackupAt
    if (last === null || Math.abs(clock.now() - last) > DAY_MS)
      void storageCare.backup().catch((error: unknown) => this.#note('backup not made', error))
    this.#prune()
  }

  /** One chunk of each kind; continues soon while there is more, otherwise in an hour. */
  #prune(): void {
    const { clock, settings, transitions, conflicts } = this.#options
    const { historyDays, goneConflictDays } = settings.get()
    const removed = [
      transitions.prune(clock.now() - historyDays * DAY_MS, CHUNK),
      conflicts.prune(clock.now() - goneConflictDays * DAY_MS, CHUNK),
    ]
    if (removed.includes(CHUNK)) this.#plan(PAUSE_MS, () => this.#prune())
    else this.#plan(EVERY_MS, () => this.#begin())
  }

  #plan(delayMs: number, run: () => void): void {
    this.#cancel?.()
    this.#cancel = this.#options.clock.after(delayMs, () => {
      try {
        run()
      } catch (error) {
        // On a full disk, removing fails too; it is tried again in an hour.
        this.#note('housekeeping broke off', error)
        this.#plan(EVERY_MS, () => this.#begin())
      }
    })
  }

  #note(what: string, error: unknown): void {
    this.#options.logger.write('warn', what, { reason: error instanceof Error ? error.message : String(error) })
  }
}
