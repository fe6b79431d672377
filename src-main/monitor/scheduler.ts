import type { ServerId } from '#contract/ids.ts'
import type { Clock } from '../clock.ts'
import type { ClockJumps } from '../clock-jumps.ts'

/** What is due for a server: all of its states, or only details of recent changes. */
const DUES = ['round', 'details'] as const
export type Due = (typeof DUES)[number]

/**
 * One timer for everything that is due. Due times use the monotonic clock; whether the wall clock jumped is checked
 * before anything is called, and nothing is called in that turn if it did.
 */
export class Scheduler {
  readonly #clock: Clock
  readonly #onDue: (what: Due, serverId: ServerId) => void
  readonly #jumps: Pick<ClockJumps, 'check'>
  readonly #due: Readonly<Record<Due, Map<string, number>>> = { round: new Map(), details: new Map() }
  #cancelTimer: (() => void) | null = null
  #timerAt = Number.POSITIVE_INFINITY

  constructor(options: {
    clock: Clock
    jumps: Pick<ClockJumps, 'check'>
    onDue: (what: Due, serverId: ServerId) => void
  }) {
    this.#clock = options.clock
    this.#jumps = options.jumps
    this.#onDue = options.onDue
  }

  /** Schedules a server's round or details in `delayMs`, replacing what was scheduled. */
  set(what: Due, serverId: ServerId, delayMs: number): void {
    this.#due[what].set(serverId, this.#clock.elapsed() + Math.max(0, delayMs))
    this.#arm()
  }

  delete(what: Due, serverId: ServerId): void {
    this.#due[what].delete(serverId)
  }

  clear(): void {
    for (const what of DUES) this.#due[what].clear()
    this.#cancelTimer?.()
    this.#cancelTimer = null
    this.#timerAt = Number.POSITIVE_INFINITY
  }

  #arm(): void {
    const next = Math.min(...DUES.flatMap((what) => [...this.#due[what].values()]))
    if (!Number.isFinite(next) || (this.#cancelTimer !== null && this.#timerAt <= next)) return
    this.#cancelTimer?.()
    this.#timerAt = next
    this.#cancelTimer = this.#clock.after(Math.max(0, next - this.#clock.elapsed()), () => this.#tick())
  }

  #tick(): void {
    this.#cancelTimer = null
    this.#timerAt = Number.POSITIVE_INFINITY
    if (!this.#jumps.check()) this.#callDue()
    this.#arm()
  }

  #callDue(): void {
    const now = this.#clock.elapsed()
    const due = DUES.flatMap((what) =>
      [...this.#due[what]].filter(([, at]) => at <= now).map(([serverId]) => ({ what, serverId })),
    )
    for (const { what, serverId } of due) this.delete(what, serverId)
    for (const { what, serverId } of due) this.#onDue(what, serverId)
  }
}
