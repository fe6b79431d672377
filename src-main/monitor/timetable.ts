import type { Clock } from '../clock.ts'

/** A difference between the two clocks' progress that is taken for sleep or for a clock that was set. */
const JUMP_MS = 30_000

/**
 * What is due when, with one timer for all of it. Due times are by the clock that does not jump; that the other one did is
 * noticed at the next due time, and reported before anything else is called.
 */
export class Timetable {
  readonly #clock: Clock
  readonly #onDue: (name: string) => void
  readonly #onJump: () => void
  readonly #due = new Map<string, number>()
  #cancelTimer: (() => void) | null = null
  #timerAt = Number.POSITIVE_INFINITY
  #offset: number

  constructor(clock: Clock, options: { onDue: (name: string) => void; onJump: () => void }) {
    this.#clock = clock
    this.#onDue = options.onDue
    this.#onJump = options.onJump
    this.#offset = clock.now() - clock.elapsed()
  }

  /** Puts `name` at `delayMs` from now, in place of what it had. */
  set(name: string, delayMs: number): void {
    this.#due.set(name, this.#clock.elapsed() + Math.max(0, delayMs))
    this.#arm()
  }

  delete(name: string): void {
    this.#due.delete(name)
  }

  clear(): void {
    this.#due.clear()
    this.#cancelTimer?.()
    this.#cancelTimer = null
    this.#timerAt = Number.POSITIVE_INFINITY
  }

  #arm(): void {
    const next = Math.min(...this.#due.values())
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
    const due = [...this.#due].filter(([, at]) => at <= now).map(([name]) => name)
    for (const name of due) this.#due.delete(name)
    for (const name of due) this.#onDue(name)
  }
}
