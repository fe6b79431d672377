import type { WatchedRef } from '#contract/monitoring.ts'
import type { Snooze } from '#contract/notifications.ts'
import type { Clock } from '../clock.ts'
import { Signal } from '../signal.ts'
import type { NotificationTable } from '../storage/notification-table.ts'

/** The snoozed servers and synchronizations, with reasons. A snoozed server includes its synchronizations. */
export class Snoozes {
  readonly changed = new Signal<[Snooze[]]>()
  readonly #table: NotificationTable
  readonly #clock: Pick<Clock, 'now'>
  #snoozes: Snooze[]

  constructor(table: NotificationTable, clock: Pick<Clock, 'now'>) {
    this.#table = table
    this.#clock = clock
    this.#snoozes = table.snoozes()
  }

  /** The snoozes that have not expired. */
  list(): Snooze[] {
    const now = this.#clock.now()
    return this.#snoozes.filter(({ until }) => until === null || until > now)
  }

  isSnoozed({ serverId, key }: WatchedRef): boolean {
    return this.list().some((snooze) => snooze.serverId === serverId && (snooze.key === null || snooze.key === key))
  }

  set(snooze: Snooze): void {
    this.#table.setSnooze(snooze)
    this.reload()
  }

  end(ref: WatchedRef): void {
    this.#table.endSnooze(ref)
    this.reload()
  }

  /** Removes expired snoozes. */
  prune(): void {
    const now = this.#clock.now()
    const over = this.#snoozes.filter(({ until }) => until !== null && until <= now)
    if (over.length === 0) return
    for (const snooze of over) this.#table.endSnooze(snooze)
    this.reload()
  }

  /** Reads them again, for example after a server was removed with its snoozes. */
  reload(): void {
    this.#snoozes = this.#table.snoozes()
    this.changed.emit(this.list())
  }
}
