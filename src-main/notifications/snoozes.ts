import type { WatchedRef } from '#contract/monitoring.ts'
import type { Snooze } from '#contract/notifications.ts'
import type { NotificationTable } from '../storage/notification-table.ts'

/** The snoozed servers and synchronizations, with reasons. A snoozed server includes its synchronizations. */
export class Snoozes {
  readonly #table: NotificationTable
  readonly #now: () => number
  readonly #onChange: (snoozes: Snooze[]) => void
  #snoozes: Snooze[]

  constructor(options: { table: NotificationTable; now: () => number; onChange: (snoozes: Snooze[]) => void }) {
    this.#table = options.table
    this.#now = options.now
    this.#onChange = options.onChange
    this.#snoozes = options.table.snoozes()
  }

  /** The snoozes that have not expired. */
  list(): Snooze[] {
    const now = this.#now()
    return this.#snoozes.filter(({ until }) => until === null || until > now)
  }

  isSnoozed({ serverId, key }: WatchedRef): boolean {
    return this.list().some((snooze) => snooze.serverId === serverId && (snooze.key === null || snooze.key === key))
  }

  set(snooze: Snooze): void {
    this.#table.setSnooze(snooze)
    this.#reload()
  }

  end(ref: WatchedRef): void {
    this.#table.endSnooze(ref)
    this.#reload()
  }

  /** Removes expired snoozes. */
  prune(): void {
    const now = this.#now()
    const over = this.#snoozes.filter(({ until }) => until !== null && until <= now)
    if (over.length === 0) return
    for (const snooze of over) this.#table.endSnooze(snooze)
    this.#reload()
  }

  /** After a server was removed, with its snoozes. */
  reload(): void {
    this.#reload()
  }

  #reload(): void {
    this.#snoozes = this.#table.snoozes()
    this.#onChange(this.list())
  }
}
