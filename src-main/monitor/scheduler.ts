import type { ServerId } from '#contract/ids.ts'
import type { Clock } from '../clock.ts'

/** A larger difference between the two clocks means sleep or a clock that was set; ms. */
const JUMP_MS = 30_000

/** What is due for a server: all of its states, or only details of recent changes. */
const DUES = ['round', 'details'] as const
export type Due = (typeof DUES)[number]

/**
 * One timer for everything that is due. Due times use the monotonic clock; a jump of the wall clock is noticed at the
 * next due time, and reported before anything else is called.
 */
export class Scheduler {
  readonly #clock: Clock
  readonly #onDue: (what: Due, serverId: ServerId) => void
  readonly #onJump: () => void
  readonly #due: Readonly<Record<Due, Map<string, number>>> = { round: new Map(), details: new Map() }
  #cancelTimer: (() => void) | null = null
  #timerAt = Number.POSITIVE_INFINITY
  #offset: number

  constructor(clock: Clock, options: { onDue: (what: Due, serverId: ServerId) => void; onJump: () => void }) {
    this.#clock = clock
    this.#onDue = options.onDue
    this.#onJump = options.onJump
    this.#offset = clock.now() - clock.elapsed()
  }

  /** Puts a server's round or details at `delayMs` from now, in place of what they had. */
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
    const offset = this.#clock.now() - this.#clock.elapsed()
    const hasJumped = Math.abs(offset - this.#offset) > JUMP_MS
    this.#offset = offset
    if (hasJumped) this.#onJump()
    else this.#callDue()
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
